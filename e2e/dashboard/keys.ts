import { expect, type Page } from '@playwright/test'

/** Presses Tab until something of that name has the focus; what has it is always drawn with a ring. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = []
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    const focused = await focusOf(page)
    expect(focused.ring, `${focused.name} shows that it has the focus`).toBe(true)
    if (focused.name === name) return
    passed.push(focused.name)
  }
  throw new Error(`Tab does not lead to “${name}”; it passed ${passed.join(', ')}`)
}

async function focusOf(page: Page): Promise<{ name: string, ring: boolean }> {
  return await page.evaluate(() => {
    let element = document.activeElement
    const outer = element
    while (element?.shadowRoot?.activeElement != null) element = element.shadowRoot.activeElement
    const withRing = [element, outer, ...document.querySelectorAll('[data-focus-visible]')].filter((one) => one !== null)
    return {
      name: element?.getAttribute('aria-label') ?? element?.textContent.trim() ?? '',
      ring: element === document.body || withRing.some((one) => getComputedStyle(one).outlineStyle !== 'none'),
    }
  })
}
