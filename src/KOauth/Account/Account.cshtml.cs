using KOauth.Hosting;
using KOauth.People;

namespace KOauth.Account;

internal sealed class AccountModel(Sessions sessions, KOauthSettings settings) : PersonalPage(sessions, settings);
