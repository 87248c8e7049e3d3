import { describe, expect, it } from 'vitest'
import { placeWindow, type WindowPlace } from './bounds.ts'

const laptop = { x: 0, y: 25, width: 1440, height: 875 }
const beside = { x: 1440, y: 0, width: 1920, height: 1080 }
const left = (x: number, y: number, width = 1000, height = 700): WindowPlace => ({ x, y, width, height, isMaximized: false })

describe('the window’s place', () => {
  it('is the middle of the main screen at first', () => {
    expect(placeWindow(null, [laptop, beside])).toEqual({ x: 80, y: 63, width: 1280, height: 800 })
  })

  it('is where it was left, on any screen', () => {
    expect(placeWindow(left(1500, 50), [laptop, beside])).toEqual({ x: 1500, y: 50, width: 1000, height: 700 })
    expect(placeWindow(left(-200, 100), [laptop])).toEqual({ x: -200, y: 100, width: 1000, height: 700 })
  })

  it('is the main screen when the other one is gone, or nothing of it could be grasped', () => {
    for (const lost of [left(1500, 50), left(-950, 100), left(100, 890), left(100, -600)]) {
      expect(placeWindow(lost, [laptop])).toMatchObject({ x: 220, width: 1000, height: 700 })
    }
  })

  it('is never smaller than the app needs, nor larger than the screen', () => {
    expect(placeWindow(left(10, 30, 200, 100), [laptop])).toMatchObject({ width: 960, height: 640 })
    expect(placeWindow(left(10, 30, 5000, 5000), [laptop])).toMatchObject({ width: 1440, height: 875 })
    expect(placeWindow(null, [{ x: 0, y: 0, width: 800, height: 480 }])).toEqual({ x: 0, y: 0, width: 800, height: 480 })
    expect(placeWindow(null, [])).toMatchObject({ width: 1280, height: 800 })
  })
})
