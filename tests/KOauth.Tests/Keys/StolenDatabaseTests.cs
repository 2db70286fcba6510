using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using KOauth.Keys;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace KOauth.Tests.Keys;

/// <summary>What a copy of the database tells a thief about keys: nothing .</summary>
[Trait("check", "A-83")]
public sealed class StolenDatabaseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_signing_or_secret_key_lies_in_the_files_in_any_spelling()
    {
        await using var node = KeyNode.New();
        await node.Ring.LoadAsync(Ct);
        var secrets = new List<byte[]> { Convert.FromBase64String(await File.ReadAllTextAsync(node.Settings.MasterKeyFile, Ct)) };
        await using (var db = node.Open())
        {
            foreach (var row in await db.SecretKeys.ToListAsync(Ct))
            {
                secrets.Add(row.Unwrap(node.Ring.Master)!);
            }

            foreach (var row in await db.SigningKeys.ToListAsync(Ct))
            {
                var pkcs8 = node.Ring.Master.Unwrap(WrappedKind.SigningKey, row.WrappingId, row.WrappedPrivateKey)!;
                secrets.Add(pkcs8);
                secrets.AddRange(PrivateParts(row.Algorithm, pkcs8));
            }
        }

        Assert.Equal(1 + 3 + 2 + 1 + 3, secrets.Count);
        AssertAbsent(node, secrets);
    }

    [Fact]
    public async Task The_ring_of_data_protection_is_wrapped_and_survives_a_restart()
    {
        await using var first = KeyNode.Keyed();
        await first.Ring.LoadAsync(Ct);
        var text = first.Get<IDataProtectionProvider>().CreateProtector("antiforgery").Protect("form 17");

        await using var second = first.Again();
        await second.Ring.LoadAsync(Ct);
        Assert.Equal("form 17", second.Get<IDataProtectionProvider>().CreateProtector("antiforgery").Unprotect(text));

        await using var db = first.Open();
        var row = Assert.Single(await db.DataProtectionKeys.ToListAsync(Ct));
        Assert.DoesNotContain("masterKey", row.Xml, StringComparison.Ordinal);
        Assert.Contains("\"KOauth.Keys.DataProtectionUnwrap, koauth, Version=1.0.0.0, ", row.Xml, StringComparison.Ordinal); // for ever
        var wrapped = XDocument.Parse(row.Xml!).Descendants().Single(e => e.Name.LocalName == "wrapped").Value;
        var clear = first.Ring.Master.Unwrap(WrappedKind.DataProtection, "ring", Convert.FromBase64String(wrapped));
        var secret = XDocument.Parse(Encoding.UTF8.GetString(clear!)).Descendants().Single(e => e.Name.LocalName == "value").Value;
        AssertAbsent(first, [Convert.FromBase64String(secret)]);
        Assert.DoesNotContain(first.Logged.Lines, l => l.Text.Contains("No XML encryptor", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_ring_of_data_protection_is_worth_nothing_under_another_master_key_and_stops_nobody()
    {
        await using var stolen = KeyNode.Keyed();
        await stolen.Ring.LoadAsync(Ct);
        var text = stolen.Get<IDataProtectionProvider>().CreateProtector("antiforgery").Protect("form 17");

        await using var thief = KeyNode.New();
        await thief.Ring.LoadAsync(Ct);
        await using (var db = thief.Open())
        await using (var from = stolen.Open())
        {
            var row = await from.DataProtectionKeys.AsNoTracking().SingleAsync(Ct);
            row.Id = 0;
            db.DataProtectionKeys.Add(row);
            await db.SaveChangesAsync(Ct);
        }

        var protector = thief.Get<IDataProtectionProvider>().CreateProtector("antiforgery");
        Assert.ThrowsAny<CryptographicException>(() => protector.Unprotect(text));
        Assert.Equal("form 18", protector.Unprotect(protector.Protect("form 18")));
    }

    private static IEnumerable<byte[]> PrivateParts(string algorithm, byte[] pkcs8)
    {
        if (algorithm == SigningAlgorithms.ES256)
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);
            return [ecdsa.ExportParameters(includePrivateParameters: true).D!];
        }

        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        var parts = rsa.ExportParameters(includePrivateParameters: true);
        return [parts.D!, parts.P!, parts.Q!];
    }

    // A part of a secret is as good a find as the whole: eight bytes in a row are no coincidence.
    private static void AssertAbsent(KeyNode node, IEnumerable<byte[]> secrets)
    {
        var files = Directory.GetFiles(node.Directory, "koauth.db*");
        Assert.NotEmpty(files);
        foreach (var content in files.Select(ReadShared))
        {
            foreach (var secret in secrets)
            {
                var middle = secret.AsSpan(secret.Length / 2 - 8, 8);
                Assert.Equal(-1, content.AsSpan().IndexOf(middle));
                Assert.Equal(-1, content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Convert.ToHexString(middle))));
                Assert.Equal(-1, content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(middle))));
                var base64 = Convert.ToBase64String(secret);
                Assert.Equal(-1, content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(base64[..12])));
                Assert.Equal(-1, content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(base64.Substring(base64.Length / 2, 12))));
            }
        }
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
