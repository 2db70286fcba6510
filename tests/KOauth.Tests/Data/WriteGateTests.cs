using KOauth.Data;

namespace KOauth.Tests.Data;

public sealed class WriteGateTests
{
    private readonly WriteGate _gate = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_pass_in_the_order_in_which_they_came_also_threads_among_tasks()
    {
        var passed = new List<int>();
        var waiting = new List<Task>();
        using (_gate.Enter())
        {
            for (var i = 0; i < 20; i++)
            {
                var number = i;
                waiting.Add(number % 2 == 0
                    ? Task.Run(async () =>
                    {
                        using var pass = await _gate.EnterAsync(Ct);
                        passed.Add(number);
                    }, Ct)
                    : Task.Factory.StartNew(() =>
                    {
                        using var pass = _gate.Enter();
                        passed.Add(number);
                    }, Ct, TaskCreationOptions.LongRunning, TaskScheduler.Default));
                SpinWait.SpinUntil(() => _gate.Waiting > number);
            }
        }

        await Task.WhenAll(waiting);

        Assert.Equal(Enumerable.Range(0, 20), passed);
    }

    [Fact]
    public async Task Whoever_asks_again_at_once_stands_behind_those_who_wait()
    {
        var first = _gate.Enter();
        var other = _gate.EnterAsync(Ct).AsTask();

        first.Dispose();
        var again = _gate.EnterAsync(Ct).AsTask();

        using (await other)
        {
            Assert.False(again.IsCompleted);
        }

        (await again).Dispose();
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_is_passed_over()
    {
        var first = _gate.Enter();
        using var gone = new CancellationTokenSource();
        var second = _gate.EnterAsync(gone.Token).AsTask();
        var third = _gate.EnterAsync(Ct).AsTask();

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();

        (await third).Dispose();
        _gate.Enter().Dispose();
    }

    [Fact]
    public void A_pass_that_is_given_back_twice_lets_nobody_in_twice()
    {
        var first = _gate.Enter();
        first.Dispose();
        using var second = _gate.Enter();

        first.Dispose();

        var third = _gate.EnterAsync(Ct);
        Assert.False(third.IsCompleted);
    }
}
