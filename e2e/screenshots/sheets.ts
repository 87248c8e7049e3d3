/** Draws what the stand-in only keeps: plain pages that show the tray, the notifications and the windows of all states side by side. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from '@playwright/test'
import type { NoticeModel } from './notices.ts'
import { save } from './save.ts'
import type { MenuModel, StateShot, Theme, TrayModel } from './tray-model.ts'

const root = join(import.meta.dirname, '../..')
const themes = ['light', 'dark'] as const
const font = (name: string, file: string): string =>
  `@font-face { font-family: "${name}"; font-weight: 100 900; src: url("data:font/woff2;base64,${readFileSync(join(root, 'node_modules/@fontsource-variable', file)).toString('base64')}") }`

/** Panel, menu and notification as desktops have them, none in particular. */
const style = `
${font('Figtree', 'figtree/files/figtree-latin-wght-normal.woff2')}
${font('Vazirmatn', 'vazirmatn/files/vazirmatn-arabic-wght-normal.woff2')}
* { box-sizing: border-box; margin: 0 }
body { width: max-content; padding: 28px; font: 14px/20px Figtree, Vazirmatn, sans-serif; font-variant-numeric: tabular-nums; background: var(--desk); color: var(--ink) }
body.light { --desk: #e6e2da; --panel: #f7f6f3; --menu: #fff; --ink: #23211d; --ink-2: #6a665e; --line: #dcd8cf; --shade: rgb(40 35 25 / 18%) }
body.dark { --desk: #23211e; --panel: #121110; --menu: #2d2b28; --ink: #edeae4; --ink-2: #a8a398; --line: #45423d; --shade: rgb(0 0 0 / 45%) }
main { display: grid; gap: 28px; align-items: start }
.trays { grid-template-columns: repeat(4, 292px) }
.panel { display: flex; align-items: center; gap: 10px; height: 34px; padding: 0 10px; border-radius: 8px; background: var(--panel) }
.panel img { width: 22px; height: 22px; flex: none }
.panel span { font-size: 12px; line-height: 15px; color: var(--ink-2) }
.menu { margin-top: 8px; padding: 5px; border: 1px solid var(--line); border-radius: 10px; background: var(--menu); box-shadow: 0 8px 24px var(--shade) }
.menu p { display: flex; justify-content: space-between; gap: 12px; padding: 3px 9px }
.menu .text { color: var(--ink-2) }
.menu hr { margin: 4px 9px; border: 0; border-top: 1px solid var(--line) }
.sub { margin: 0 9px 3px; padding-inline-start: 10px; border-inline-start: 2px solid var(--line); color: var(--ink-2); font-size: 13px }
.sub p { padding: 1px 0 }
.notices { grid-template-columns: repeat(2, 380px) }
.notice { display: grid; grid-template-columns: 40px 1fr; gap: 2px 14px; padding: 14px 16px; border: 1px solid var(--line); border-radius: 14px; background: var(--menu); box-shadow: 0 8px 24px var(--shade) }
.notice img { grid-row: span 2; width: 40px; height: 40px }
.notice strong { font-weight: 600 }
.notice p { color: var(--ink-2) }
.windows { grid-template-columns: repeat(2, 640px) }
.windows img { display: block; width: 640px; border-radius: 10px; box-shadow: 0 8px 24px var(--shade) }
`

export async function drawTrays(browser: Browser, shots: readonly StateShot[]): Promise<void> {
  for (const theme of themes) await draw(browser, `tray-${theme}`, theme, 'ltr', `<main class="trays">${shots.map(({ looks }) => tray(looks[theme].tray)).join('')}</main>`)
  await draw(browser, 'tray-arabic', 'light', 'rtl', `<main class="trays">${shots.map(({ arabic }) => tray(arabic.tray)).join('')}</main>`)
}

export async function drawWindows(browser: Browser, shots: readonly StateShot[]): Promise<void> {
  const sheet = (windows: readonly Buffer[]): string => `<main class="windows">${windows.map((window) => `<img alt="" src="${dataUrl(window)}">`).join('')}</main>`
  for (const theme of themes) await draw(browser, `window-${theme}`, theme, 'ltr', sheet(shots.map(({ looks }) => looks[theme].window)), 1)
  await draw(browser, 'window-arabic', 'light', 'rtl', sheet(shots.map(({ arabic }) => arabic.window)), 1)
  await draw(browser, 'window-narrow', 'light', 'ltr', sheet(shots.map(({ narrow }) => narrow)), 1)
}

export async function drawNotices(browser: Browser, notices: readonly NoticeModel[]): Promise<void> {
  const icon = dataUrl(readFileSync(join(root, 'resources/icons/app.png')))
  const one = ({ title, text }: NoticeModel): string => `<section class="notice"><img alt="" src="${icon}"><strong>${safe(title)}</strong><p>${safe(text)}</p></section>`
  for (const theme of themes) await draw(browser, `notices-${theme}`, theme, 'ltr', `<main class="notices">${notices.map(one).join('')}</main>`)
}

function tray({ icon, tooltip, items }: TrayModel): string {
  return `<section><div class="panel"><img alt="" src="${dataUrl(icon)}"><span>${safe(tooltip)}</span></div><div class="menu">${items.map(item).join('')}</div></section>`
}

function item({ kind, label, items }: MenuModel): string {
  switch (kind) {
    case 'line': return '<hr>'
    case 'menu': return `<p>${safe(label)}<span>▾</span></p><div class="sub">${items.map((each) => `<p>${safe(each.label)}</p>`).join('')}</div>`
    case 'text': case 'order': return `<p class="${kind}">${safe(label)}</p>`
  }
}

async function draw(browser: Browser, name: string, theme: Theme, direction: 'ltr' | 'rtl', body: string, deviceScaleFactor = 1.5): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, deviceScaleFactor })
  const page = await context.newPage()
  await page.setContent(`<!doctype html><html dir="${direction}"><meta charset="utf-8"><style>${style}</style><body class="${theme}">${body}</body></html>`, { waitUntil: 'load' })
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await save(page, name, await page.evaluate(() => {
    const { x, y, width, height } = document.body.getBoundingClientRect()
    return { x, y, width, height }
  }))
  await context.close()
}

function dataUrl(png: Buffer): string {
  return `data:image/png;base64,${png.toString('base64')}`
}

function safe(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
