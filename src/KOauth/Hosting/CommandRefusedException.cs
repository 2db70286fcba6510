namespace KOauth.Hosting;

/// <summary>A command cannot do what it was asked; the message is one sentence with the remedy, printed without a stack.</summary>
internal sealed class CommandRefusedException(string message) : Exception(message);
