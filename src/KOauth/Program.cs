using KOauth;

return await Cli.RunAsync(args);
