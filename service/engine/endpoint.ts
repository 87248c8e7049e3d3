/** Where an engine listens on this machine. */
export type Endpoint =
  | { kind: 'socket', path: string }
  | { kind: 'tcp', host: string, port: number }

const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]', '::1'])

/**
 * An address as `DOCKER_HOST` and docker contexts write it, or as an owner gives it: `unix:///path`, `npipe:////./pipe/x`,
 * `/path`, `tcp://127.0.0.1:2375`. What cannot be used is a sentence that says why: an engine on another machine is not
 * this machine's to share, and its loopback ports cannot be dialled from here.
 */
export function parseEndpoint(text: string): Endpoint | { refused: string } {
  const [, scheme = '', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/s.exec(text) ?? []
  switch (scheme) {
    case 'unix':
    case 'npipe':
    case '':
      return rest.startsWith('/') || rest.startsWith('\\\\') ? { kind: 'socket', path: rest } : { refused: 'is not an absolute path' }
    case 'tcp':
    case 'http':
      return parseTcp(rest)
    case 'ssh':
    case 'https':
      return { refused: 'is an engine on another machine; only an engine on this one can be shared' }
    default:
      return { refused: `has the unknown scheme ${scheme}` }
  }
}

function parseTcp(rest: string): Endpoint | { refused: string } {
  const url = URL.parse(`http://${rest}`)
  if (url === null) return { refused: 'is not an address' }
  if (!loopbackHosts.has(url.hostname)) return { refused: 'is an engine on another machine; only an engine on this one can be shared' }
  return { kind: 'tcp', host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 2375) }
}

/** As `parseEndpoint` reads it. */
export function formatEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === 'tcp') return `tcp://${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`
  return endpoint.path.startsWith('/') && !endpoint.path.startsWith('//') ? `unix://${endpoint.path}` : `npipe://${endpoint.path}`
}
