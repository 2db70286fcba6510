using System.Buffers.Binary;

namespace KOauth.Grants;

/// <summary>
/// The last eight superseded generations of a grant, oldest first, as they lie in the row: generation, when it was superseded, and
/// a keyed hash of the network that did it, 20 bytes each.
/// </summary>
internal readonly ref struct RecentGenerations(ReadOnlySpan<byte> row)
{
    public const int Slots = 8;
    private const int SlotSize = sizeof(int) + sizeof(long) + sizeof(long);

    private readonly ReadOnlySpan<byte> _row = row;

    public int Count => _row.Length / SlotSize;

    public bool TryFind(int generation, out DateTimeOffset supersededAt, out long source)
    {
        for (var i = 0; i < Count; i++)
        {
            var slot = _row.Slice(i * SlotSize, SlotSize);
            if (BinaryPrimitives.ReadInt32LittleEndian(slot) == generation)
            {
                supersededAt = SupersededAt(slot);
                source = BinaryPrimitives.ReadInt64LittleEndian(slot[(sizeof(int) + sizeof(long))..]);
                return true;
            }
        }

        (supersededAt, source) = (default, 0);
        return false;
    }

    /// <summary>Whether one more would push out a generation that the grace still covers.</summary>
    public bool IsFullOfYoungerThan(TimeSpan age, DateTimeOffset now) =>
        Count == Slots && now - SupersededAt(_row[..SlotSize]) < age; // slots are in order of time: the oldest decides

    /// <summary>The row with one more, and without the oldest if there is no room.</summary>
    public byte[] With(int generation, DateTimeOffset supersededAt, long source)
    {
        var kept = Count < Slots ? _row : _row[^((Slots - 1) * SlotSize)..];
        var row = new byte[kept.Length + SlotSize];
        kept.CopyTo(row);
        var slot = row.AsSpan(kept.Length);
        BinaryPrimitives.WriteInt32LittleEndian(slot, generation);
        BinaryPrimitives.WriteInt64LittleEndian(slot[sizeof(int)..], supersededAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64LittleEndian(slot[(sizeof(int) + sizeof(long))..], source);
        return row;
    }

    private static DateTimeOffset SupersededAt(ReadOnlySpan<byte> slot) =>
        DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(slot[sizeof(int)..]));
}
