/** An image's name in its parts, with what Docker adds to short ones. */
export interface Reference {
  /** Host, and port when there is one: `docker.io`. */
  registry: string
  /** Without the registry: `library/nginx`. */
  repository: string
  tag: string
  digest: string | null
}

const defaultRegistry = 'docker.io'

/** `nginx`, `ghcr.io/owner/app:1`, `host:5000/a@sha256:…` → its parts. */
export function parseReference(written: string): Reference {
  const [named = '', digest = null] = written.split('@')
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  const path = hasTag ? named.slice(0, colon) : named
  const [first = '', ...rest] = path.split('/')
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const registry = hasHost ? first.replace(/^index\.docker\.io$/, defaultRegistry) : defaultRegistry
  const repository = hasHost ? rest.join('/') : path
  return {
    registry,
    repository: registry === defaultRegistry && !repository.includes('/') ? `library/${repository}` : repository,
    tag: hasTag ? named.slice(colon + 1) : 'latest',
    digest,
  }
}

/** The same repository, as it was written, by digest. */
export function byDigest(written: string, digest: string): string {
  return `${written.replace(/@.*$/, '').replace(/:[^/:]*$/, '')}@${digest}`
}

/** `host/repository`, in full. */
export function fullRepository({ registry, repository }: Reference): string {
  return `${registry}/${repository}`
}

/** Inside somebody's house: an address that a stranger must not make this machine talk to. */
export function isPrivateRegistry(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  // any number of dots and digits: 127.1 and 2130706433 are addresses as well
  if (/^[\d.]+$/.test(host) || host.includes(':')) return true
  return !host.includes('.') || /(^|\.)(localhost|local|internal|intranet|lan|home|home\.arpa|corp|private)$/.test(host)
}
