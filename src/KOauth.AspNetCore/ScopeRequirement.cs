using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace KOauth.AspNetCore;

/// <summary>An endpoint needs all of these scopes. Also lies in the endpoint's metadata, where challenges find it.</summary>
internal sealed record ScopeRequirement(IReadOnlyList<string> Scopes) : IAuthorizationRequirement
{
    public override string ToString() => $"The token must carry the scopes: {string.Join(' ', Scopes)}";
}

/// <summary>Compares what the token carries with what the endpoint needs.</summary>
internal sealed class ScopeRequirementHandler(IOptionsMonitor<KOauthOptions> options) : AuthorizationHandler<ScopeRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (options.Get(KOauthDefaults.AuthenticationScheme).Covers(context.User, requirement.Scopes))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
