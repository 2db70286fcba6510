namespace KOauth.Hosting;

/// <summary>Who may register an app that nobody registered before (<c>KOAUTH_REGISTRATION</c>).</summary>
internal enum RegistrationPolicy
{
    Open,
    Off,
}
