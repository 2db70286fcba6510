using System.Globalization;
using KOauth.Grants;
using KOauth.Hosting;
using KOauth.People;
using KOauth.Resources;
using Microsoft.AspNetCore.Mvc;

namespace KOauth.Account.ApiKeys;

internal sealed class KeysModel(Sessions sessions, KeyIssue keys, ResourceDirectory resources, Access access, KOauthSettings settings, TimeProvider clock)
    : PersonalPage(sessions, settings)
{
    private const int MostShown = 100;

    public IReadOnlyList<ListedKey> Keys { get; private set; } = [];

    public IReadOnlyList<Resource> Resources { get; private set; } = [];

    /// <summary>The resource that a key is about to be made for.</summary>
    public Resource? For { get; private set; }

    public string? Made { get; private set; }

    public string? Error { get; private set; }

    public DateTimeOffset Now => clock.GetUtcNow();

    public Task OnGetAsync([FromQuery(Name = "for")] string? resource, CancellationToken ct) => ShowAsync(resource, ct);

    public async Task<IActionResult> OnPostAsync(
        [FromForm] string? resource, [FromForm] string? name, [FromForm] string[] scope, [FromForm] string? days, CancellationToken ct)
    {
        int? life = int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : days == "never" ? null : 0;
        if ((await keys.MakeAsync(Person, new KeyWish(name ?? "", resource ?? "", scope, life), ct)).Ok(out var made, out var refusal))
        {
            Made = made.Text;
        }
        else
        {
            Error = refusal.Expected is { } expected ? $"{refusal.Reason.Person} It needs {expected}." : refusal.Reason.Person;
            Response.StatusCode = StatusCodes.Status400BadRequest;
        }

        await ShowAsync(Made is null ? resource : null, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostEndAsync([FromForm] string? end, CancellationToken ct)
    {
        if (Guid.TryParseExact(end, "N", out var id))
        {
            await keys.EndAsync(Person, id, ct);
        }

        return FlowAnswers.Continue(PathTo("/account/keys"));
    }

    private async Task ShowAsync(string? resource, CancellationToken ct)
    {
        Keys = await keys.ListAsync(Person, ct);
        var open = new List<Resource>();
        foreach (var one in (await resources.AllAsync(ct)).Take(MostShown))
        {
            // What somebody may not use is no business of theirs, not even its name.
            if (await access.CheckPersonAsync(Person.UserId, Audience.Of(one), ct) is null)
            {
                open.Add(one);
            }
        }

        Resources = open;
        For = Resources.FirstOrDefault(r => r.Uri == resource);
    }
}
