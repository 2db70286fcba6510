using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace KOauth.AspNetCore;

/// <summary>The two calls that protect a server: <c>builder.AddKOauth()</c>, and <c>.RequireScope(…)</c> behind a mapping.</summary>
public static class KOauthExtensions
{
    /// <summary>
    /// Adds everything a protected resource needs: the scheme <c>KOauth</c> that checks access tokens, the metadata of RFC 9728 at both
    /// addresses, challenges, scope policies, CORS for the MCP endpoint, and a check of the authorization server in the background.
    /// </summary>
    /// <param name="builder">The application's builder. <c>KOAUTH_URL</c> and <c>BASE_URL</c> are read from its configuration.</param>
    /// <param name="configure">Changes the options; what it sets wins over the configuration.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>A value that is missing or cannot work stops the start with one sentence that names it.</remarks>
    public static IHostApplicationBuilder AddKOauth(this IHostApplicationBuilder builder, Action<KOauthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var services = builder.Services;
        services.AddRouting();
        services.AddAuthorization();

        // Not AddAuthentication(): it brings the keys of Data Protection along, files and warnings nobody here has a use for.
        services.AddAuthenticationCore();
        services.AddWebEncoders();
        services.TryAddSingleton(TimeProvider.System);
        new AuthenticationBuilder(services).AddScheme<KOauthOptions, KOauthHandler>(KOauthDefaults.AuthenticationScheme, options =>
        {
            options.Issuer = builder.Configuration[KOauthDefaults.IssuerSetting] ?? "";
            options.BaseUrl = builder.Configuration[KOauthDefaults.BaseUrlSetting] ?? "";
            configure?.Invoke(options);
        });
        services.AddOptions<KOauthOptions>(KOauthDefaults.AuthenticationScheme).ValidateOnStart();

        services.AddSingleton<AuthorizationServer>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<KeyProof>();
        services.AddSingleton<TokenCheck>();
        services.AddSingleton<PublishedScopes>();
        services.AddHostedService<EndpointCheck>();
        services.AddHostedService<ServerWatch>();
        services.AddSingleton<GrantWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<GrantWatch>());
        services.AddSingleton<IStartupFilter, FirstInPipeline>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, ScopeRequirementHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, ToolScopeHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<McpServerOptions>, McpGuard>());
        return builder;
    }

    /// <summary>
    /// Lets only requests through whose access token carries all of these scopes, or broader ones
    /// (<see cref="KOauthOptions.ScopeIncludes"/>). Others get a 401 or 403 that tells the client what to ask for.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint's builder.</typeparam>
    /// <param name="builder">What <c>MapMcp</c>, <c>MapGet</c>, <c>MapGroup</c> and the like return.</param>
    /// <param name="scopes">One or more scopes, one name each.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">There is no scope, or one is not a scope's name.</exception>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, params string[] scopes)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(scopes);

        var requirement = new ScopeRequirement(Scope.Checked(scopes));
        var policy = new AuthorizationPolicyBuilder(KOauthDefaults.AuthenticationScheme)
            .RequireAuthenticatedUser()
            .AddRequirements(requirement)
            .Build();
        return builder.WithMetadata(requirement).RequireAuthorization(policy);
    }
}
