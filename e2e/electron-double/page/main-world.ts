import type { Bridge } from './bridge.ts'
import type { BridgeMessage, PageRequest, Permission, PreloadRequest } from './messages.ts'

/**
 * Runs in the page's own world, before the page: it takes what the preload exposes, and asks main where Electron's browser process
 * would. The page gets its source: it uses nothing from around it.
 */
export function mainWorld(nonce: string, makeBridge: (send: (message: BridgeMessage) => void) => Bridge): void {
  if (window.parent !== window) return
  const [inbound, outbound] = [`${nonce}:page`, `${nonce}:preload`]
  const send = (detail: BridgeMessage | PageRequest) => window.dispatchEvent(new CustomEvent(outbound, { detail }))
  const bridge = makeBridge(send)

  let last = 0
  const asked = new Map<number, (isGranted: boolean) => void>()
  const ask = (permission: Permission, isCheck = false) => new Promise<boolean>((resolve) => {
    asked.set(++last, resolve)
    send({ kind: 'permission', id: last, permission, isCheck })
  })

  window.addEventListener(inbound, (event) => {
    event.stopImmediatePropagation()
    const message = (event as CustomEvent<BridgeMessage | PreloadRequest>).detail
    if (message.kind === 'expose') {
      send({ kind: 'exposed', error: expose(message.key, bridge.unwrap(message.api)) })
    } else if (message.kind === 'permitted') {
      asked.get(message.id)?.(message.isGranted)
      asked.delete(message.id)
    } else {
      bridge.receive(message)
    }
  })

  function expose(key: string, api: unknown): string | undefined {
    if (key in window) return 'Cannot bind an API on top of an existing property on the window object'
    Object.defineProperty(window, key, { value: freeze(api), enumerable: true, configurable: false, writable: false })
    return undefined
  }

  function freeze<T>(value: T): T {
    if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
      Object.freeze(value)
      for (const item of Object.values(value)) freeze(item)
    }
    return value
  }

  // A window that main allows is made by main; the page gets no handle on it.
  window.open = (url = 'about:blank', frameName = '', features = '') => {
    send({ kind: 'open', url: new URL(url, location.href).href, frameName, features })
    return null
  }

  if ('Notification' in window) Notification.requestPermission = async () => await ask('notifications') ? 'granted' : 'denied'
  if ('permissions' in navigator) {
    const query = navigator.permissions.query.bind(navigator.permissions)
    navigator.permissions.query = async (descriptor) => {
      const status = await query(descriptor)
      const names: Record<string, Permission> = { 'notifications': 'notifications', 'geolocation': 'geolocation', 'camera': 'media', 'microphone': 'media', 'clipboard-read': 'clipboard-read' }
      const permission = names[descriptor.name]
      if (permission !== undefined) Object.defineProperty(status, 'state', { value: await ask(permission, true) ? 'granted' : 'denied' })
      return status
    }
  }
  if ('geolocation' in navigator) {
    const { geolocation } = navigator
    const locate = geolocation.getCurrentPosition.bind(geolocation)
    const denied = { code: 1, message: 'User denied Geolocation', PERMISSION_DENIED: 1, POSITION_UNAVAILABLE: 2, TIMEOUT: 3 } as const
    geolocation.getCurrentPosition = (onPosition, onError, options) => void ask('geolocation').then((isGranted) => isGranted ? locate(onPosition, onError, options) : onError?.(denied))
  }
  // Only where the page is a secure context.
  const devices = (navigator as Partial<Navigator>).mediaDevices
  if (devices !== undefined) {
    const capture = devices.getUserMedia.bind(devices)
    devices.getUserMedia = async (constraints) => {
      if (!await ask('media')) throw new DOMException('Permission denied', 'NotAllowedError')
      return await capture(constraints)
    }
  }
}
