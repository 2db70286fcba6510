namespace KOauth.People;

/// <summary>
/// What one Argon2id hash costs. The default is the middle one of the equal choices of the OWASP password storage rules: 19 MiB
/// and two passes, about 20 ms of one core. Tests register a cheap one.
/// </summary>
internal sealed record PasswordCost(int MemoryKiB, int Passes)
{
    public static readonly PasswordCost Default = new(19 * 1024, 2);
}
