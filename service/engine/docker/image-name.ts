/** An image's name in its parts; `tag` is never left out, because an engine takes a bare name for the beginning of an id. */
export interface ImageName { repository: string, tag: string, digest: string | null }

/** `debian`, `debian:12`, `host:5000/a/b:1@sha256:…` → its parts. */
export function parseImageName(ref: string): ImageName {
  const [named = '', digest = null] = ref.split('@')
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  return { repository: hasTag ? named.slice(0, colon) : named, tag: hasTag ? named.slice(colon + 1) : 'latest', digest }
}

/** Names exactly one image; a digest decides over a tag. */
export function fullImageName({ repository, tag, digest }: ImageName): string {
  return digest === null ? `${repository}:${tag}` : `${repository}@${digest}`
}

const contentId = /^sha256:[0-9a-f]{64}$/

/**
 * How an engine is asked for an image by a name that a stranger chose. Engines also know images by the first letters of
 * their ids, and so would let a stranger try out what is on this disk; whole ids cannot be guessed.
 */
export function lookupName(ref: string): string {
  if (contentId.test(ref)) return ref
  const name = parseImageName(ref)
  return name.repository === 'sha256' ? `docker.io/library/${fullImageName(name)}` : fullImageName(name)
}
