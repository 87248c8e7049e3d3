import type { DesktopBridge } from '../../contract/desktop/shell.ts'

/** What the preload gave this page; null in a browser. */
export function desktopBridge(place: object): DesktopBridge | null {
  return 'depin' in place && typeof place.depin === 'object' && place.depin !== null ? place.depin as DesktopBridge : null
}
