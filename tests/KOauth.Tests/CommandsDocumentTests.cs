using System.CommandLine;
using System.Text;
using KOauth.Tests.House;

namespace KOauth.Tests;

public sealed class CommandsDocumentTests
{
    [Fact]
    public async Task The_document_lists_every_command_as_the_code_has_it()
    {
        await using var services = new ConfiguredServices(new Dictionary<string, string>());
        var koauth = Cli.Root(services);
        var text = new StringBuilder("""
            # Commands

            <!-- Written by a test from the commands themselves. Rewrite it: UPDATE_DOCS=1 dotnet test --project tests/KOauth.Tests -->

            `koauth [command]`; without a command: `serve`. Every command has `--help`, and `--json` where it prints data. Commands work on
            the configured database while the server runs, and the server notices within one second. Prompts appear on a terminal only.

            The exit code is 0 for done, 1 when the thing asked for failed, and 2 when the arguments were not understood: an unknown, misspelt
            or misplaced option changes nothing. Secrets and passwords come from standard input or a prompt, never from arguments.

            These options hold for every command:


            """);
        Append(text, koauth.Options.Where(o => o.Recursive && !o.Hidden));
        foreach (var command in koauth.Subcommands.Where(c => !c.Hidden).OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            Append(text, command, $"koauth {command.Name}");
        }

        Document.MustRead("docs/commands.md", text.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Every_command_argument_and_option_says_what_it_is_for()
    {
        await using var services = new ConfiguredServices(new Dictionary<string, string>());

        foreach (var (line, symbol) in Symbols(Cli.Root(services), "koauth"))
        {
            Assert.False(string.IsNullOrWhiteSpace(symbol.Description), $"{line} {symbol.Name} has no description.");
        }
    }

    [Fact]
    public async Task Every_command_has_help_that_needs_no_database()
    {
        using var commandLine = new CommandLine();
        await using var services = new ConfiguredServices(new Dictionary<string, string>());

        foreach (var line in Symbols(Cli.Root(services), "koauth").Where(s => s.Symbol is Command).Select(s => $"{s.Line} {s.Symbol.Name}"))
        {
            var help = await commandLine.TypeAsync($"{line["koauth ".Length..]} --help");
            Assert.Equal((0, ""), (help.ExitCode, help.Error));
            Assert.Contains(line, help.Output, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(commandLine.DataDirectory));
    }

    private static void Append(StringBuilder text, Command command, string line)
    {
        text.Append($"\n{new string('#', Math.Min(2 + line.Count(c => c == ' ') - 1, 4))} {line}\n\n{Sentence(command.Description)}\n");
        if (!command.Subcommands.Any(c => !c.Hidden))
        {
            var arguments = string.Concat(command.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $" [{a.Name}]" : $" {a.Name}"));
            text.Append($"\n    {line}{arguments}{(Options(command).Any() ? " [options]" : "")}\n\n");
            foreach (var argument in command.Arguments)
            {
                text.Append($"- `{argument.Name}`: {Sentence(argument.Description)}\n");
            }

            Append(text, Options(command));
        }

        foreach (var subcommand in command.Subcommands.Where(c => !c.Hidden))
        {
            Append(text, subcommand, $"{line} {subcommand.Name}");
        }
    }

    private static void Append(StringBuilder text, IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            var value = option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0 ? "" : option.ValueType == typeof(bool?) ? "[=false]" : $" {option.HelpName ?? "VALUE"}";
            var standard = option.HasDefaultValue && option.ValueType != typeof(bool) && option.GetDefaultValue() is { } given ? $" Default: `{given}`." : "";
            text.Append($"- `{option.Name}{value}`: {Sentence(option.Description)}{standard}\n");
        }
    }

    private static IEnumerable<Option> Options(Command command) => command.Options.Where(o => !o.Hidden && !o.Recursive && o is not System.CommandLine.Help.HelpOption);

    private static IEnumerable<(string Line, Symbol Symbol)> Symbols(Command command, string line) => command.Subcommands.SelectMany(c =>
        Symbols(c, $"{line} {c.Name}")
            .Prepend((line, c))
            .Concat(c.Options.Select(o => ($"{line} {c.Name}", (Symbol)o)))
            .Concat(c.Arguments.Select(a => ($"{line} {c.Name}", (Symbol)a))));

    private static string Sentence(string? description) => $"{description}{(description?[^1] is '.' or '!' or '?' ? "" : ".")}";
}
