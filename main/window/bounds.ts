/** Where the window stands: as it was left, as far as the screens of today allow. Pure. */
import * as z from 'zod'

export interface Area {
  x: number
  y: number
  width: number
  height: number
}

export const WindowPlace = z.object({ x: z.int(), y: z.int(), width: z.int().min(1).max(20_000), height: z.int().min(1).max(20_000), isMaximized: z.boolean() })
export type WindowPlace = z.infer<typeof WindowPlace>

export const minimumSize = { width: 960, height: 640 } as const
export const usualSize = { width: 1280, height: 800 } as const
/** This much of the window's top must be on a screen for it to be found and moved, px. */
const graspable = { width: 100, height: 32 } as const

/** @param screens work areas, the main one first */
export function placeWindow(left: WindowPlace | null, screens: readonly Area[]): Area {
  const main = screens[0] ?? { x: 0, y: 0, ...usualSize }
  const home = screens.find((screen) => left !== null && isGraspable(left, screen))
  const screen = home ?? main
  const size = {
    width: fit(left?.width ?? usualSize.width, minimumSize.width, screen.width),
    height: fit(left?.height ?? usualSize.height, minimumSize.height, screen.height),
  }
  if (left === null || home === undefined) return { ...size, x: center(screen.x, screen.width, size.width), y: center(screen.y, screen.height, size.height) }
  return { ...size, x: left.x, y: Math.max(screen.y, left.y) }
}

function isGraspable(window: Area, screen: Area): boolean {
  const width = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x)
  return width >= graspable.width && window.y < screen.y + screen.height - graspable.height && window.y > screen.y - graspable.height
}

/** No screen is too small for the app: on one that is, the window is as large as the screen. */
function fit(wanted: number, least: number, most: number): number {
  return Math.min(Math.max(wanted, least), most)
}

function center(start: number, room: number, size: number): number {
  return Math.round(start + (room - size) / 2)
}
