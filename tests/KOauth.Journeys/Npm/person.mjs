import { once } from 'node:events'
import { createServer } from 'node:http'

// A program on the person's device: it opens a port, sends the browser off and waits for it to come back.
export async function listen() {
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end('<!doctype html><html lang="en"><title>The app</title><h1>Welcome back</h1>')
    const arrival = new URL(request.url, 'http://127.0.0.1')
    if (arrival.pathname === '/callback') server.emit('arrival', arrival.search)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const redirectUri = `http://127.0.0.1:${server.address().port}/callback`
  return {
    redirectUri,

    // Whoever runs this reads the line and opens the address in a browser; gives where the browser came back to.
    async visit(url) {
      const arrival = once(server, 'arrival')
      console.log(`open ${url}`)
      return new URL(redirectUri + (await arrival)[0])
    },

    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
