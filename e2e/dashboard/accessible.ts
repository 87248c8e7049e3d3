import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

type Violation = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'][number]

/** WCAG 2.2 AA, as far as a machine can tell. What holds is not described: that takes as long as to find out. */
const options = {
  resultTypes: ['violations'], runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
} satisfies Parameters<AxeBuilder['options']>[0]

declare global {
  // left in the page by whoever has looked at it before
  var axe: { run: (part: string, how: object) => Promise<{ violations: Violation[] }> } | undefined
}

export async function expectAccessible(page: Page, where: string, part = ':root'): Promise<void> {
  const violations = await lookAgain(page, part) ?? (await new AxeBuilder({ page }).include(part).setLegacyMode(true).options(options).analyze()).violations
  expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${where}: ${id} in ${html.slice(0, 160)} (${any[0]?.message ?? ''})`))).toEqual([])
}

/** To bring the program that looks takes longer than to look: null where this page does not have it yet. */
function lookAgain(page: Page, part: string): Promise<Violation[] | null> {
  return page.evaluate(async (what) => {
    return globalThis.axe === undefined ? null : (await globalThis.axe.run(what.part, what.options)).violations
  }, { part, options })
}

/** What can be used is not under something else, nor cut off at a side. */
export async function expectNothingCovered(page: Page, where: string): Promise<void> {
  const covered = await page.evaluate(() => [...document.querySelectorAll('main :is(button, label, textarea, a[href], input:not([type=radio], [type=checkbox], [type=range], [type=file]))')].flatMap((control) => {
    if (control.closest('[aria-hidden=true]') !== null) return []
    control.scrollIntoView({ block: 'center' })
    const { left, right, top, height, width } = control.getBoundingClientRect()
    // what is so small is for readers of the page only
    if (width < 8 || height < 8) return []
    const isCovered = [left + 3, (left + right) / 2, right - 3].some((x) => {
      const there = document.elementFromPoint(x, top + height / 2)
      return there === null || !(control.contains(there) || there.contains(control))
    })
    return isCovered ? [control.outerHTML.slice(0, 160)] : []
  }))
  expect(covered, where).toEqual([])
}

/** Nothing has to be scrolled sideways to be read. */
export async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const overflow = await page.evaluate(() => {
    const main = document.querySelector('main')
    return { page: document.documentElement.scrollWidth - innerWidth, main: (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0) }
  })
  expect(overflow, where).toEqual({ page: 0, main: 0 })
}
