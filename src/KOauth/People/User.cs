using Microsoft.AspNetCore.Identity;

namespace KOauth.People;

/// <summary>A person with an account. <c>Id</c> is random, never used again, and is the <c>sub</c> of tokens.</summary>
internal sealed class User : IdentityUser<Guid>
{
    /// <summary>Raised to end every session, code and grant of this person at once.</summary>
    public int Epoch { get; set; }

    public bool IsDisabled { get; set; }

    public bool IsAdmin { get; set; }

    public string? DisplayName { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastSignInAt { get; set; }

    /// <summary>Ends all access; a disabled account signs in no more.</summary>
    public void Disable()
    {
        IsDisabled = true;
        Epoch++;
    }

    /// <summary>Sign-in works again; what was ended stays ended.</summary>
    public void Enable() => IsDisabled = false;
}
