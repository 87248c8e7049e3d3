import { readFileSync } from 'node:fs'
import type { Some } from '../base/faithful.ts'
import { whole } from '../base/faithful.ts'
import { notHere } from '../base/runtime.ts'

/** A picture's file: its size can be read, its pixels cannot be touched. */
export class NativeImageDouble implements Some<Electron.NativeImage> {
  isMacTemplateImage: boolean
  private readonly png: Buffer
  private readonly size: Electron.Size

  constructor(png: Buffer, size: Electron.Size, isTemplate = false) {
    this.png = png
    this.size = size
    this.isMacTemplateImage = isTemplate
  }

  isEmpty(): boolean { return this.size.width === 0 }
  getSize(): Electron.Size { return { ...this.size } }
  getAspectRatio(): number { return this.isEmpty() ? 1 : this.size.width / this.size.height }
  getScaleFactors(): number[] { return [1] }
  isTemplateImage(): boolean { return this.isMacTemplateImage }
  setTemplateImage(isTemplate: boolean): void { this.isMacTemplateImage = isTemplate }
  addRepresentation(_options: Electron.AddRepresentationOptions): void { /* only one is ever shown: none */ }
  toPNG(): Buffer { return this.png }
  toDataURL(): string { return `data:image/png;base64,${this.png.toString('base64')}` }
  resize({ width, height }: Electron.ResizeOptions): Electron.NativeImage {
    const ratio = this.getAspectRatio()
    const size = { width: width ?? Math.round((height ?? this.size.height) * ratio), height: height ?? Math.round((width ?? this.size.width) / ratio) }
    return whole(new NativeImageDouble(this.png, size, this.isMacTemplateImage))
  }

  static createEmpty(): Electron.NativeImage { return whole(new NativeImageDouble(Buffer.alloc(0), { width: 0, height: 0 })) }
  static createFromBuffer(buffer: Buffer): Electron.NativeImage { return whole(new NativeImageDouble(buffer, readSize(buffer))) }
  static createFromDataURL(url: string): Electron.NativeImage { return NativeImageDouble.createFromBuffer(Buffer.from(url.split(',')[1] ?? '', 'base64')) }
  static createFromPath(path: string): Electron.NativeImage {
    let content: Buffer
    try {
      content = readFileSync(path)
    } catch {
      return NativeImageDouble.createEmpty()
    }
    return whole(new NativeImageDouble(content, readSize(content), /Template(@\dx)?\.\w+$/.test(path)))
  }
}

/** @returns no size for what is no picture */
function readSize(content: Buffer): Electron.Size {
  if (content.length >= 24 && content.readUInt32BE(0) === 0x89504e47) return { width: content.readUInt32BE(16), height: content.readUInt32BE(20) }
  if (content.length >= 2 && content.readUInt16BE(0) === 0xffd8) throw notHere('read a JPEG')
  return { width: 0, height: 0 }
}
