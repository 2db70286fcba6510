using KOauth.Bench.Limits;
using KOauth.Bench.Load;

namespace KOauth.Bench;

/// <summary>A row of the table of loads; the target is exchanges a second on two cores that the driver uses, too.</summary>
internal sealed record LoadRow<TWorld>(string Name, string What, int? Target, Func<TWorld, IExchange> Exchange);

/// <summary>Everything that is measured.</summary>
internal static class Rows
{
    public const string Start = "start";
    public const string Memory = "memory";

    public static readonly IReadOnlyList<LoadRow<LimitWorld>> Limits =
    [
        new("limit-constant", "this machine: Kestrel, constant answer of 1 KB", null, w => w.Fetch(LimitServer.Constant)),
        new("limit-signed", "this machine: form parsed, ES256", null, w => w.Post(LimitServer.Signed)),
        new("limit-stored", "this machine: form parsed, ES256, durable insert", null, w => w.Post(LimitServer.Stored)),
        new("limit-signed-twice", "this machine: form parsed, ES256, RS256", null, w => w.Post(LimitServer.SignedTwice)),
    ];

    public static readonly IReadOnlyList<LoadRow<World>> Loads =
    [
        new("metadata", "metadata", 30_000, w => w.Fetch(World.Probe)),
        new("jwks", "JWKS", 30_000, w => w.Fetch("/.well-known/jwks.json")),
        new("refresh", "`refresh_token`", 6_000, w => w.Refresh()),
        new("connect", "whole connect: authorize, then token", 2_500, w => w.Connect(withOpenId: false)),
        new("connect-openid", "whole connect with `openid` (RS256)", 1_000, w => w.Connect(withOpenId: true)),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Limits.Select(r => r.Name), .. Loads.Select(r => r.Name), Start, Memory];
}
