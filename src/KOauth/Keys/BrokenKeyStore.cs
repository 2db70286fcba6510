using KOauth.Hosting;

namespace KOauth.Keys;

/// <summary>
/// Every way in which master key and database fail to belong together. Each stops the start with the path and the remedy, and
/// nothing is changed: a key that is overwritten in error is lost for good, together with everything it protects.
/// </summary>
internal static class BrokenKeyStore
{
    private const string Lost = "Without it no signing key and no token of this database can be used. Nothing was changed.";

    public static StartRefusedException FileMissing(string path) => new(
        $"The master key {path} is missing, but the database holds keys that are wrapped with it. Put the file back from your copy of it, or set KOAUTH_MASTER_KEY to what was in it. {Lost}");

    public static StartRefusedException FileUnreadable(string path, string why) => new(
        $"The master key {path} cannot be read: {why.TrimEnd('.')}. Start KOauth as the user who owns the file, or hand it over: chown koauth {path} && chmod 600 {path} (with the name of your service's user). Nothing was changed.");

    public static StartRefusedException FileMalformed(string path) => new(
        $"The master key {path} is not a key: it must hold 32 random bytes as base64, 44 characters. Put the file back from your copy of it. {Lost}");

    public static StartRefusedException FileUnwritable(string path, string why) => new(
        $"The master key cannot be written to {path}: {why.TrimEnd('.')}. Make the directory writable for the user KOauth runs as, or set KOAUTH_MASTER_KEY to 32 random bytes as base64 (openssl rand -base64 32).");

    public static StartRefusedException WrongKey(MasterKey master, byte[] expected, string database) => new(
        $"The master key {master.Origin} is not the one of {database}: its fingerprint is {Short(master.Fingerprint)}, the database was made with {Short(expected)}. Put back the key that belongs to this database, or point KOAUTH_DATA and KOAUTH_DATABASE to the database that belongs to this key. Nothing was changed.");

    public static StartRefusedException KeysLost(IEnumerable<string> missing, string database) => new(
        $"The key store in {database} is only half there: {string.Join(", ", missing)} missing. Restore the database from a backup; new keys are made only for a database that never had any. Nothing was changed.");

    public static StartRefusedException FingerprintLost(string database) => new(
        $"The key store in {database} is only half there: it holds keys, but not the fingerprint of the master key they are wrapped with. Restore the database from a backup. Nothing was changed.");

    public static StartRefusedException RowDamaged(string what, string database) => new(
        $"The {what} in {database} cannot be opened, although the master key is the right one: the row was damaged or changed. Restore the database from a backup. Nothing was changed.");

    private static string Short(byte[] fingerprint) => Convert.ToHexStringLower(fingerprint.AsSpan(0, Math.Min(8, fingerprint.Length)));
}
