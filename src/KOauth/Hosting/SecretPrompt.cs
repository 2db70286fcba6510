using System.CommandLine;
using System.Text;

namespace KOauth.Hosting;

/// <summary>Asks for a password on the terminal without showing it.</summary>
internal static class SecretPrompt
{
    public static string? Ask(ParseResult command, CommandServices services, string question)
    {
        command.Error().Write($"{question}: ");
        if (!ReferenceEquals(services.Input, Console.In))
        {
            return services.Input.ReadLine();
        }

        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
            {
                command.Error().WriteLine();
                return typed.ToString();
            }

            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }
    }
}
