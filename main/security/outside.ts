/** What may be opened in the owner's browser: pages that the interface itself links to, and nothing that a peer could make up. */
export const outsideHosts = ['docs.docker.com', 'www.docker.com'] as const

/** The address to open, written anew; null: refused. */
export function outsideUrl(text: string): string | null {
  if (!URL.canParse(text)) return null
  const { protocol, hostname, port, username, password, href } = new URL(text)
  const isKnown = (outsideHosts as readonly string[]).includes(hostname)
  return protocol === 'https:' && isKnown && port === '' && username === '' && password === '' ? href : null
}
