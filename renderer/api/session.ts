/**
 * The token that lets this page talk to the service. It comes in the fragment of the address that the service prints, is
 * kept for as long as the tab lives, and never stays in the address bar or in the history.
 */
const storageKey = 'depin.token'
/** What a WebSocket subprotocol, and so our token, may be made of. */
const tokenPattern = /^[A-Za-z0-9._~-]{8,512}$/

export interface SessionPlace {
  readonly location: Pick<Location, 'hash' | 'host' | 'pathname' | 'search'>
  readonly history: Pick<History, 'replaceState'>
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
}

/** Takes a token out of the address, if there is one. True when there was. */
export function takeToken(place: SessionPlace): boolean {
  const token = tokenInFragment(place.location.hash)
  if (token === null) return false
  place.sessionStorage.setItem(storageKey, token)
  place.history.replaceState(null, '', `${place.location.pathname}${place.location.search}#/`)
  return true
}

export function keptToken(place: Pick<SessionPlace, 'sessionStorage'>): string | null {
  const token = place.sessionStorage.getItem(storageKey)
  return token !== null && tokenPattern.test(token) ? token : null
}

export function keepToken(place: Pick<SessionPlace, 'sessionStorage'>, token: string) {
  place.sessionStorage.setItem(storageKey, token)
}

export function forgetToken(place: Pick<SessionPlace, 'sessionStorage'>) {
  place.sessionStorage.removeItem(storageKey)
}

export type PastedToken = { kind: 'token'; token: string } | { kind: 'elsewhere'; host: string } | { kind: 'unusable' }

/** What a person pasted: the whole address, or the code in it. An address of another computer is told apart. */
export function readPasted(text: string, host: string): PastedToken {
  const trimmed = text.trim()
  if (/^https?:\/\//i.test(trimmed) && URL.canParse(trimmed)) {
    const url = new URL(trimmed)
    const token = tokenInFragment(url.hash)
    if (token === null) return { kind: 'unusable' }
    return sameHost(url.host, host) ? { kind: 'token', token } : { kind: 'elsewhere', host: url.host }
  }
  const code = tokenInFragment(trimmed.startsWith('#') ? trimmed : `#${trimmed}`) ?? trimmed
  return tokenPattern.test(code) ? { kind: 'token', token: code } : { kind: 'unusable' }
}

function tokenInFragment(hash: string): string | null {
  const token = new URLSearchParams(hash.replace(/^#/, '')).get('token')
  return token !== null && tokenPattern.test(token) ? token : null
}

/** `localhost` and `127.0.0.1` are one computer. */
function sameHost(one: string, other: string): boolean {
  const loopback = (host: string) => host.replace(/^(localhost|\[::1\])(?=:|$)/, '127.0.0.1')
  return loopback(one) === loopback(other)
}
