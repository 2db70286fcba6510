using System.CommandLine;
using KOauth.Hosting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace KOauth.Tests;

/// <summary>Commands as a person at a terminal runs them: the questions are answered with the given lines, and running out of them fails.</summary>
internal sealed class Typist(CommandServices services, IEnumerable<string> lines) : CommandServices
{
    private readonly Keyboard _keyboard = new(lines);

    public override bool IsTerminal => true;

    public override IAnsiConsole Terminal(TextWriter output) => new Screen(
        AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) }), _keyboard);

    public override LoadedSettings Settings(ParseResult command) => services.Settings(command);

    public override Task<IServiceProvider> OpenAsync(ParseResult command, CancellationToken ct) => services.OpenAsync(command, ct);

    public override Task<IServiceProvider> OpenOrCreateAsync(ParseResult command, CancellationToken ct) => services.OpenOrCreateAsync(command, ct);

    public override IServiceProvider Build(ParseResult command) => services.Build(command);

    public override ValueTask DisposeAsync() => services.DisposeAsync();

    private sealed class Keyboard(IEnumerable<string> lines) : IAnsiConsoleInput
    {
        private readonly Queue<char> _keys = new(lines.SelectMany(line => line + "\n"));

        public bool IsKeyAvailable() => _keys.Count > 0;

        public ConsoleKeyInfo? ReadKey(bool intercept) => _keys.TryDequeue(out var key)
            ? new ConsoleKeyInfo(key, key == '\n' ? ConsoleKey.Enter : ConsoleKey.None, false, false, false)
            : throw new InvalidOperationException("A question was asked that the test does not answer.");

        public Task<ConsoleKeyInfo?> ReadKeyAsync(bool intercept, CancellationToken cancellationToken) => Task.FromResult(ReadKey(intercept));
    }

    private sealed class Screen(IAnsiConsole console, IAnsiConsoleInput keyboard) : IAnsiConsole
    {
        public Profile Profile => console.Profile;

        public IAnsiConsoleCursor Cursor => console.Cursor;

        public IAnsiConsoleInput Input => keyboard;

        public IExclusivityMode ExclusivityMode => console.ExclusivityMode;

        public RenderPipeline Pipeline => console.Pipeline;

        public void Clear(bool home) => console.Clear(home);

        public void Write(IRenderable renderable) => console.Write(renderable);

        public void WriteAnsi(Action<AnsiWriter> action) => console.WriteAnsi(action);
    }
}
