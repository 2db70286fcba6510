using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KOauth.Protocol;
using Microsoft.AspNetCore.Identity;
using NSec.Cryptography;

namespace KOauth.People;

/// <summary>
/// Passwords as Argon2id (RFC 9106) in the PHC string format: <c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash</c>. A hash made at
/// another cost still verifies and asks to be made anew. Callers keep to <see cref="HashQueue"/> and cap the length first:
/// this class does the work it is told to do.
/// </summary>
internal sealed class Argon2idHasher : IPasswordHasher<User>
{
    private const int SaltLength = 16;
    private const int HashLength = 32;

    private readonly Randomness _randomness;
    private readonly PasswordCost _cost;
    private readonly Lazy<string> _nobodysHash;
    private long _computed;

    public Argon2idHasher(Randomness randomness, PasswordCost cost, IMeterFactory meters)
    {
        _randomness = randomness;
        _cost = cost;
        _nobodysHash = new Lazy<string>(() => Hash(_randomness.Text(32)));
        meters.Create("KOauth").CreateObservableCounter("koauth.password_hashes", () => Computed);
    }

    /// <summary>How many hashes this process has computed. Known and unknown accounts must move it alike.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    /// <summary>The hash of a password nobody knows: what an unknown account is checked against, so that it costs the same time.</summary>
    public string NobodysHash => _nobodysHash.Value;

    public string HashPassword(User user, string password) => Hash(password);

    public PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword) =>
        Verify(hashedPassword, providedPassword);

    public string Hash(string password)
    {
        var salt = _randomness.Bytes(SaltLength);
        var hash = Compute(password, salt, HashLength, _cost);
        return string.Create(CultureInfo.InvariantCulture, $"$argon2id$v=19$m={_cost.MemoryKiB},t={_cost.Passes},p=1${Encode(salt)}${Encode(hash)}");
    }

    public PasswordVerificationResult Verify(string stored, string password)
    {
        if (!TryRead(stored, out var cost, out var salt, out var hash)
            || !CryptographicOperations.FixedTimeEquals(Compute(password, salt, hash.Length, cost), hash))
        {
            return PasswordVerificationResult.Failed;
        }

        return cost == _cost ? PasswordVerificationResult.Success : PasswordVerificationResult.SuccessRehashNeeded;
    }

    private byte[] Compute(string password, ReadOnlySpan<byte> salt, int length, PasswordCost cost)
    {
        Interlocked.Increment(ref _computed);
        // A keyboard on one device sends é as one character, another as two: they are the same password (NIST SP 800-63B-4 §3.1.1.2).
        var bytes = Encoding.UTF8.GetBytes(password.IsNormalized() ? password : password.Normalize(NormalizationForm.FormC));
        var argon2id = PasswordBasedKeyDerivationAlgorithm.Argon2id(new Argon2Parameters
        {
            DegreeOfParallelism = 1,
            MemorySize = cost.MemoryKiB,
            NumberOfPasses = cost.Passes,
        });
        var hash = argon2id.DeriveBytes(bytes, salt, length);
        CryptographicOperations.ZeroMemory(bytes);
        return hash;
    }

    private static bool TryRead(string stored, out PasswordCost cost, out byte[] salt, out byte[] hash)
    {
        (cost, salt, hash) = (PasswordCost.Default, [], []);
        var parts = stored.Split('$');
        if (parts is not ["", "argon2id", "v=19", _, _, _])
        {
            return false;
        }

        var numbers = parts[3].Split(',');
        if (numbers.Length != 3 || !TryNumber(numbers[0], "m=", out var memory) || !TryNumber(numbers[1], "t=", out var passes) || numbers[2] != "p=1")
        {
            return false;
        }

        cost = new PasswordCost(memory, passes);
        return TryDecode(parts[4], SaltLength, out salt) && TryDecode(parts[5], HashLength, out hash);
    }

    private static bool TryNumber(string text, string name, out int number)
    {
        number = 0;
        return text.StartsWith(name, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static bool TryDecode(string text, int length, out byte[] bytes)
    {
        bytes = new byte[length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var written) && written == length;
    }
}
