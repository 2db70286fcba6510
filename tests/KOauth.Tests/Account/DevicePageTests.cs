using System.Net;

namespace KOauth.Tests.Account;

/// <summary>The page where a person types what a device shows: nothing happens by a link alone, and guessing does not pay.</summary>
public sealed class DevicePageTests
{
    [Fact]
    public async Task A_link_only_asks_and_the_person_is_told_what_approving_means()
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();
        koauth.Address = IPAddress.Parse("203.0.113.9");
        var started = await koauth.StartDeviceAsync();
        koauth.Address = KOauthApp.Home;
        koauth.Clock.Advance(TimeSpan.FromMinutes(3));

        await browser.OpenAsync(started.Link());
        Assert.Equal((HttpStatusCode.OK, "/account/device"), (browser.Status, browser.Location.AbsolutePath));
        Assert.Equal(started.Shown(), browser.Field("user_code"));
        Assert.Contains("Does your device show this code?", browser.Text, StringComparison.Ordinal);
        Assert.Contains("form-action 'self'", browser.Response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        await browser.SubmitAsync();
        Assert.Contains("Example app", browser.Text, StringComparison.Ordinal); // the sign-in page says for whom
        await browser.SubmitAsync(null, ("email", "alice@example.test"), ("password", KOauthApp.Password));

        Assert.Contains($"and it shows {started.Shown()}", browser.Text, StringComparison.Ordinal);
        Assert.Contains("asked 3 min ago from 203.0.113.9", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Notes", browser.Text, StringComparison.Ordinal);
        Assert.Contains("notes:read", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Returns to", browser.Text, StringComparison.Ordinal);
        Assert.Equal("authorization_pending", (await koauth.PollAsync(started)).Error);
    }

    [Fact]
    public async Task Everybody_is_asked_every_time_also_for_a_trusted_client()
    {
        await using var koauth = await StartAsync(c => c.Trusted = true);
        using var browser = koauth.OpenBrowser();
        for (var time = 0; time < 2; time++)
        {
            var started = await koauth.StartDeviceAsync();
            await browser.AnswerDeviceAsync(started); // asserts that the consent page stands between
            Assert.Null((await koauth.PollAsync(started)).Error);
        }
    }

    [Fact]
    public async Task A_yes_to_a_device_is_not_remembered_for_a_browser()
    {
        await using var koauth = await StartAsync(c => (c.GrantTypes, c.RedirectUris) = ([.. c.GrantTypes, "authorization_code"], [KOauthApp.Callback]));
        using var browser = koauth.OpenBrowser();
        await browser.AnswerDeviceAsync(await koauth.StartDeviceAsync());

        await browser.OpenAsync(new Flow().Url);

        Assert.Equal("/account/consent", browser.Location.AbsolutePath);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData(" {0} ")]
    [InlineData("lower")]
    [InlineData("spaced")]
    public async Task A_code_is_understood_however_it_is_typed(string how)
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();
        var shown = (await koauth.StartDeviceAsync()).Shown();
        var typed = how switch
        {
            "lower" => shown.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant(),
            "spaced" => string.Join(' ', shown.ToCharArray()),
            _ => string.Format(System.Globalization.CultureInfo.InvariantCulture, how, shown),
        };

        await browser.OpenAsync("/account/device");
        await browser.SubmitAsync(null, ("user_code", typed));

        Assert.Equal("/account/login", browser.Location.AbsolutePath);
    }

    [Theory]
    [InlineData("")]
    [InlineData("WDJB")]
    [InlineData("AEIO-UAEI")]
    [InlineData("WDJB-MJHTX")]
    [InlineData("<script>")]
    public async Task What_is_no_code_is_refused_without_a_look_and_without_counting(string typed)
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync("/account/device?user_code=" + Uri.EscapeDataString(typed));
        Assert.Equal("", browser.Field("user_code"));

        for (var time = 0; time < 15; time++)
        {
            await browser.SubmitAsync(null, ("user_code", typed));
            Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        }

        Assert.Equal("user_code_unknown", koauth.Told[^1].Reason);
    }

    [Fact]
    public async Task A_stranger_who_guesses_must_wait_and_others_need_not()
    {
        await using var koauth = await StartAsync();
        using var stranger = koauth.OpenBrowser();
        var started = await koauth.StartDeviceAsync();
        await stranger.OpenAsync("/account/device");
        for (var guess = 0; guess < 10; guess++)
        {
            await stranger.SubmitAsync(null, ("user_code", "BBBB-BBBB"));
            Assert.Equal(HttpStatusCode.BadRequest, stranger.Status);
        }

        await stranger.SubmitAsync(null, ("user_code", started.Shown())); // also the right one
        Assert.Equal((HttpStatusCode.TooManyRequests, "user_code_throttled"), (stranger.Status, koauth.Told[^1].Reason));
        Assert.Equal("5", stranger.Response.Headers.GetValues("Retry-After").Single());
        Assert.NotNull(stranger.Page!.QuerySelector("a[href='/account/login']"));

        using var sameHouse = koauth.OpenBrowser();
        await sameHouse.SignInAsync("alice@example.test", KOauthApp.Password);
        await sameHouse.OpenAsync(started.Link());
        await sameHouse.SubmitAsync();
        Assert.Equal("/account/consent", sameHouse.Location.AbsolutePath);
        koauth.Address = IPAddress.Parse("203.0.113.9");
        using var elsewhere = koauth.OpenBrowser();
        await elsewhere.OpenAsync(started.Link());
        await elsewhere.SubmitAsync();
        Assert.Equal("/account/login", elsewhere.Location.AbsolutePath);
    }

    [Fact]
    public async Task Guesses_from_everywhere_are_counted_together_and_guesses_at_once_one_by_one()
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();
        await browser.OpenAsync("/account/device");
        for (var guess = 0; guess < 100; guess++)
        {
            koauth.Address = new IPAddress([203, 0, 113, (byte)guess]);
            await browser.SubmitAsync(null, ("user_code", "BBBB-BBBB"));
            Assert.Equal(HttpStatusCode.BadRequest, browser.Status);
        }

        koauth.Address = IPAddress.Parse("198.51.100.99");
        await browser.SubmitAsync(null, ("user_code", "BBBB-BBBB"));
        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Status);

        koauth.Clock.Advance(TimeSpan.FromHours(2));
        await browser.OpenAsync("/account/device");
        var (proof, cookie) = (browser.Field("proof"), browser.Cookies.Single(c => c.Name.EndsWith("-browser", StringComparison.Ordinal)));
        using var barrier = new Barrier(30);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/account/device")
            {
                Content = new FormUrlEncodedContent([new("proof", proof), new("user_code", "CCCC-CCCC")]),
            };
            request.Headers.Add("Cookie", $"{cookie.Name}={cookie.Value}");
            barrier.SignalAndWait();
            using var response = await koauth.Http.SendAsync(request);
            return response.StatusCode;
        })));
        Assert.Equal(10, statuses.Count(s => s == HttpStatusCode.BadRequest));
        Assert.Equal(20, statuses.Count(s => s == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Another_site_cannot_make_its_visitors_guess()
    {
        await using var koauth = await StartAsync();
        using var browser = koauth.OpenBrowser();
        var started = await koauth.StartDeviceAsync();
        await browser.SignInAsync("alice@example.test", KOauthApp.Password);

        await browser.PostAsync("/account/device", [new("user_code", started.Shown())]);

        Assert.Equal((HttpStatusCode.BadRequest, "form_foreign"), (browser.Status, koauth.Told[^1].Reason));
    }

    [Fact]
    public async Task A_flow_of_a_device_goes_on_in_no_other_browser_and_for_no_other_person()
    {
        await using var koauth = await StartAsync();
        await koauth.AddUserAsync("bob@example.test");
        using var mallory = koauth.OpenBrowser();
        using var alice = koauth.OpenBrowser();
        var started = await koauth.StartDeviceAsync();
        await alice.SignInAsync("alice@example.test", KOauthApp.Password);
        await mallory.OpenAsync(started.Link());
        await mallory.SubmitAsync();

        await alice.OpenAsync(mallory.Location.ToString());
        Assert.Equal((HttpStatusCode.Forbidden, "ticket_of_another_browser"), (alice.Status, koauth.Told[^1].Reason));

        await alice.OpenAsync(started.Link());
        await alice.SubmitAsync();
        var (page, ticket) = (alice.Location.ToString(), alice.Field("flow"));
        await alice.OpenAsync(alice.Page!.QuerySelector("a[href*='/account/login']")!.GetAttribute("href")!);
        await alice.SubmitAsync(null, ("email", "bob@example.test"), ("password", KOauthApp.Password));
        await alice.PostAsync(page, [new("flow", ticket), new("decision", "approve")]);
        Assert.Equal("ticket_of_another_user", koauth.Told[^1].Reason);
        Assert.Equal("authorization_pending", (await koauth.PollAsync(started)).Error);
    }

    private static Task<KOauthApp> StartAsync(Action<KOauth.Clients.Client>? change = null) => KOauthApp.StartReadyAsync(client: c =>
    {
        DeviceSteps.ForDevices(c);
        change?.Invoke(c);
    });
}
