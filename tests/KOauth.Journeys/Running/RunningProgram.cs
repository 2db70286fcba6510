using System.Diagnostics;
using System.Text;

namespace KOauth.Journeys.Running;

/// <summary>A program in a process of its own: what it wrote, the signals people send it, and how it ended.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private TaskCompletionSource _heard = NewSignal();

    private RunningProgram(Process process) => _process = process;

    /// <summary>Standard output, as far as it has come.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString();
            }
        }
    }

    public string Error
    {
        get
        {
            lock (_gate)
            {
                return _error.ToString();
            }
        }
    }

    public bool HasExited => _process.HasExited;

    /// <param name="file">The program.</param>
    /// <param name="arguments">Each as one argument, whatever it contains.</param>
    /// <param name="environment">What differs from this process; null removes a variable.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="input">Everything it can read.</param>
    public static RunningProgram Start(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? directory = null,
        string? input = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = directory ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var program = new RunningProgram(new Process { StartInfo = start });
        program._process.OutputDataReceived += (_, line) => program.Hear(program._output, line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Hear(program._error, line.Data);
        program._process.Start();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        if (input is not null)
        {
            program._process.StandardInput.Write(input);
        }

        program._process.StandardInput.Close();
        return program;
    }

    /// <summary>Waits until it wrote this text, to either stream, and gives all it wrote.</summary>
    public async Task<string> SaysAsync(string text, CancellationToken ct)
    {
        while (true)
        {
            Task heard;
            lock (_gate)
            {
                var said = $"{_output}{_error}";
                if (said.Contains(text, StringComparison.Ordinal))
                {
                    return said;
                }

                heard = _heard.Task;
            }

            var ended = _process.WaitForExitAsync(ct);
            if (await Task.WhenAny(heard, ended) == ended)
            {
                await ended;
                throw new InvalidOperationException($"It ended with {_process.ExitCode} before it said '{text}':\n{Output}{Error}");
            }
        }
    }

    /// <summary>Ends when it writes its next line.</summary>
    public Task HearsAsync()
    {
        lock (_gate)
        {
            return _heard.Task;
        }
    }

    public async Task<int> ExitCodeAsync(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        return _process.ExitCode;
    }

    /// <summary>Sends INT, TERM … as a service manager does.</summary>
    public Task SignalAsync(string signal, CancellationToken ct) => KillAsync($"-{signal} {_process.Id}", ct);

    /// <summary>Sends INT to the program and all it started, as a terminal does at Ctrl+C. It must lead its session.</summary>
    public Task InterruptAsync(CancellationToken ct) => KillAsync($"-INT -{_process.Id}", ct);

    /// <summary>The end without a last word, as on power failure.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task KillAsync(string arguments, CancellationToken ct)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill {arguments}"]);
        await kill.WaitForExitAsync(ct);
        Assert.Equal(0, kill.ExitCode);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Hear(StringBuilder stream, string? line)
    {
        lock (_gate)
        {
            if (line is not null)
            {
                stream.Append(line).Append('\n');
            }

            _heard.SetResult();
            _heard = NewSignal();
        }
    }
}
