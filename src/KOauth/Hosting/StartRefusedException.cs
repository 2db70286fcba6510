namespace KOauth.Hosting;

/// <summary>The server cannot start; the message is one sentence with the remedy, or one on each line, printed without a stack.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);
