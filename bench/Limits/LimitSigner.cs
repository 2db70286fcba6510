using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KOauth.Bench.Limits;

/// <summary>Signs tokens of the size an authorization server signs, with the same library.</summary>
internal sealed class LimitSigner : IDisposable
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly ECDsa _elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly Algorithm _es256;
    private readonly Algorithm _rs256;

    public LimitSigner()
    {
        _es256 = new Algorithm(new SigningCredentials(new ECDsaSecurityKey(_elliptic) { KeyId = "elliptic" }, "ES256"), "at+jwt");
        _rs256 = new Algorithm(new SigningCredentials(new RsaSecurityKey(_rsa) { KeyId = "rsa" }, "RS256"), "JWT");
    }

    public Algorithm Elliptic() => _es256;

    public Algorithm Rsa() => _rs256;

    public string Sign(Algorithm algorithm, string clientId)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Claims = new Dictionary<string, object>
            {
                ["iss"] = "http://localhost:3000",
                ["sub"] = "6f9619ff-8b86-d011-b42d-00c04fc964ff",
                ["aud"] = "https://mcp.example.com/mcp",
                ["client_id"] = clientId,
                ["iat"] = now,
                ["exp"] = now + 3600,
                ["jti"] = Guid.NewGuid().ToString("N"),
                ["scope"] = "notes:read notes:write",
                ["grant_id"] = Guid.NewGuid().ToString("N"),
            },
            TokenType = algorithm.Type,
            SigningCredentials = algorithm.Credentials,
        });
    }

    public void Dispose()
    {
        _elliptic.Dispose();
        _rsa.Dispose();
    }

    internal sealed record Algorithm(SigningCredentials Credentials, string Type);
}
