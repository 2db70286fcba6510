using System.Collections.Concurrent;

namespace Notes;

/// <summary>A note and the number it is deleted by.</summary>
public sealed record Note(int Number, string Text);

/// <summary>Everybody's notes, apart by the <c>sub</c> of their tokens, until the program ends.</summary>
internal sealed class Notebook
{
    public const int LongestNote = 4000;
    public const int MostNotes = 1000;

    private readonly ConcurrentDictionary<string, Pages> _owners = new();

    public IReadOnlyList<Note> Of(string owner) => For(owner).All();

    /// <summary>The note, or null when there are too many.</summary>
    public Note? Add(string owner, string text) => For(owner).Add(text);

    public bool Delete(string owner, int number) => For(owner).Delete(number);

    private Pages For(string owner) => _owners.GetOrAdd(owner, _ => new Pages());

    private sealed class Pages
    {
        private readonly Lock _gate = new();
        private readonly List<Note> _notes = [];
        private int _last;

        public IReadOnlyList<Note> All()
        {
            lock (_gate)
            {
                return [.. _notes];
            }
        }

        public Note? Add(string text)
        {
            lock (_gate)
            {
                if (_notes.Count >= MostNotes)
                {
                    return null;
                }

                var note = new Note(++_last, text);
                _notes.Add(note);
                return note;
            }
        }

        public bool Delete(int number)
        {
            lock (_gate)
            {
                return _notes.RemoveAll(note => note.Number == number) > 0;
            }
        }
    }
}
