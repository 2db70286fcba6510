using System.Text;
using KOauth.Protocol;
using Microsoft.AspNetCore.Identity;

namespace KOauth.People;

/// <summary>
/// What a password must be, after NIST SP 800-63B-4 §3.1.1.2: at least 15 characters while it is the only factor, not one that
/// everybody tries first, and no rule about the kinds of characters in it.
/// </summary>
internal sealed class PasswordPolicy : IPasswordValidator<User>
{
    public const int MinLength = 15;

    /// <summary>Checked before anything is hashed: a long password costs the server, not the attacker.</summary>
    public const int MaxLength = 256;

    private static readonly string[] _productNames = ["koauth", "password", "passwort", "letmein"];
    private static readonly Lazy<HashSet<string>> _common = new(ReadCommon);

    /// <summary>The first thing wrong with it, or null.</summary>
    public static Reason? Fault(string password, string email)
    {
        if (password.Length > MaxLength)
        {
            return Reasons.PasswordTooLong;
        }

        var normal = password.Normalize(NormalizationForm.FormC);
        if (normal.EnumerateRunes().Count() < MinLength)
        {
            return Reasons.PasswordTooShort;
        }

        return IsGuessable(normal.ToLowerInvariant(), email.ToLowerInvariant()) ? Reasons.PasswordCommon : null;
    }

    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password)
    {
        var fault = Fault(password ?? "", user.Email ?? "");
        return Task.FromResult(fault is null
            ? IdentityResult.Success
            : IdentityResult.Failed(new IdentityError { Code = fault.Id, Description = fault.Person }));
    }

    /// <summary>
    /// Whether an attacker gets it from a short list: a well-known password, one made by repeating little, or one that says
    /// nothing beyond the names everybody knows here (the address, this product) and at most seven other characters.
    /// </summary>
    private static bool IsGuessable(string password, string email)
    {
        if (_common.Value.Contains(password) || RepeatsLittle(password))
        {
            return true;
        }

        var rest = email.Split('@', '.', '-', '_', '+').Append(email).Concat(_productNames)
            .Where(name => name.Length >= 4)
            .OrderByDescending(name => name.Length)
            .Aggregate(password, (text, name) => text.Replace(name, "", StringComparison.Ordinal));
        return rest.Length < password.Length && rest.Length < 8;
    }

    /// <summary><c>aaaaaaaaaaaaaaa</c>, <c>abcabcabcabcabc</c>, <c>passwordpassword</c>; <c>123456789012345</c> is on the list.</summary>
    private static bool RepeatsLittle(string password)
    {
        for (var period = 1; period <= Math.Min(8, password.Length / 2); period++)
        {
            if (Enumerable.Range(period, password.Length - period).All(i => password[i] == password[i - period]))
            {
                return true;
            }
        }

        return false;
    }

    private static HashSet<string> ReadCommon()
    {
        using var stream = typeof(PasswordPolicy).Assembly.GetManifestResourceStream("KOauth.People.common-passwords.txt")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith('#'))];
    }
}
