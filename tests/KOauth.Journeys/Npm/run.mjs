// node run.mjs LIBRARY FLOW SETTINGS: does one flow with one library and prints what came out of it as JSON. Exit code 0: the library was content.
const [library, flow, settings] = process.argv.slice(2)
const flows = await import(`./${library}.mjs`)
console.log(`result ${JSON.stringify(await flows[flow](JSON.parse(settings)))}`)
