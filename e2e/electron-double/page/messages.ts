/** What the preload's world sends to main, and main to it: structured clone as text (base/codec.ts) through the DevTools protocol. */
export type FromPage =
  | { kind: 'send', channel: string, args: unknown[], ports: string[] }
  | { kind: 'invoke', id: number, channel: string, args: unknown[] }
  | { kind: 'port', port: string, message: string, ports: string[] }
  | { kind: 'portClosed', port: string }
  | { kind: 'open', url: string, frameName: string, features: string }
  | { kind: 'permission', id: number, permission: Permission, isCheck: boolean }
  | { kind: 'title', title: string }
  | { kind: 'preloadError', error: unknown }

export type ToPage =
  | { kind: 'ipc', channel: string, args: unknown[], ports: string[] }
  | { kind: 'answer', id: number, value: unknown }
  | { kind: 'failure', id: number, message: string }
  | { kind: 'port', port: string, message: string, ports: string[] }
  | { kind: 'portClosed', port: string }

export type Permission = 'notifications' | 'media' | 'geolocation' | 'clipboard-read'

/** What the preload's world is made with. */
export interface PreloadInfo {
  /** Sets the names that both worlds use apart from those of other pages. */
  nonce: string
  path: string
  platform: string
  arch: string
  versions: Record<string, string | undefined>
  env: Record<string, string | undefined>
  argv: string[]
}

/** How main's world and the preload's talk: DOM events on `window`, whose details are cloned between worlds. */
export type Wrapped =
  | { kind: 'value', value: unknown }
  | { kind: 'array', items: Wrapped[] }
  | { kind: 'object', entries: [string, Wrapped][] }
  | { kind: 'promise', id: number }
  | { kind: 'function', id: number }

export type BridgeMessage =
  | { kind: 'call', call: number, fn: number, args: Wrapped[] }
  | { kind: 'return', call: number, isOk: boolean, value: Wrapped }
  | { kind: 'settle', id: number, isOk: boolean, value: Wrapped }

/** From the page's own world: what it asks of Electron without knowing. */
export type PageRequest =
  | { kind: 'exposed', error: string | undefined }
  | { kind: 'open', url: string, frameName: string, features: string }
  | { kind: 'permission', id: number, permission: Permission, isCheck: boolean }

/** From the preload's world. */
export type PreloadRequest =
  | { kind: 'expose', key: string, api: Wrapped }
  | { kind: 'permitted', id: number, isGranted: boolean }
