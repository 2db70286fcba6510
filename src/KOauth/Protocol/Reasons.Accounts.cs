namespace KOauth.Protocol;

/// <summary>What pages and commands about accounts refuse.</summary>
internal static partial class Reasons
{
    public static readonly Reason EmailInvalid = new("email_invalid", "invalid_request",
        "The e-mail address is not one.", "This is not an e-mail address.", "The text is no e-mail address.");

    public static readonly Reason EmailTaken = new("email_taken", "invalid_request",
        "The e-mail address has an account.", "There is an account with this e-mail address already.", "Another account has this e-mail address.");

    public static readonly Reason PasswordTooShort = new("password_too_short", "invalid_request",
        "The password is too short.", "Use at least 15 characters. A few words in a row are easy to remember.", "The password has fewer than 15 characters.");

    public static readonly Reason PasswordTooLong = new("password_too_long", "invalid_request",
        "The password is too long.", "Use at most 256 characters.", "The password has more than 256 characters.");

    public static readonly Reason PasswordCommon = new("password_common", "invalid_request",
        "The password is too easy to guess.", "This password is easy to guess: it is well known, repeats itself or is made of names known here. Choose another one.",
        "The password is on the list of common ones, repeats itself, or holds little beyond the address or the product's name.");

    public static readonly Reason PasswordsDiffer = new("passwords_differ", "invalid_request",
        "The passwords differ.", "The two passwords are not the same.", "The password was typed twice, and differently.");

    public static readonly Reason FormForeign = new("form_foreign", "invalid_request",
        "The form did not come from this site.", "This form did not come from this page, or your browser keeps no cookies. Try once more.",
        "A sign-in form without the proof that this server showed it: sent by another site, or by a browser that keeps no cookies.");

    public static readonly Reason AccountLinkInvalid = new("account_link_invalid", "access_denied",
        "The link is not valid.", "This link is not valid any more. Ask whoever runs this server for a new one.",
        "The link of a reset or an invitation is unknown, used, replaced by a newer one or over, or the account is disabled. Make another one with koauth user reset-link or koauth user invite.");

    public static readonly Reason GroupInvalid = new("group_invalid", "invalid_request",
        "The name of the group is not one.", "This is not the name of a group.",
        "A group's name is 1 to 64 small letters, digits, '-', '_' and '.', and begins with a letter or digit.");

    public static readonly Reason GroupTaken = new("group_taken", "invalid_request",
        "There is such a group.", "There is a group of this name already.", "Another group has this name.");

    public static readonly Reason GroupUnknown = new("group_unknown", "invalid_request",
        "There is no such group.", "There is no such group.", "No group has this name.");

    public static readonly Reason UserUnknown = new("user_unknown", "invalid_request",
        "There is no such user.", "There is no such account.", "No account has this e-mail address.");

    public static readonly Reason LastAdministrator = new("last_administrator", "invalid_request",
        "The last administrator cannot be removed.", "This is the last administrator. Make another one first.", "Without this account nobody could administer the server.");
}
