// An MCP server that keeps notes, each person's apart, protected with KOauth. Run it:
//   KOAUTH_URL=http://localhost:3000 BASE_URL=http://localhost:5000 dotnet run --urls http://localhost:5000
using Notes;

NotesServer.Create(args).Run();
