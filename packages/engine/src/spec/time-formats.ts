/** How dates and times are often written, with the last second of March 2026 as an example; the reading is strptime's. */
export const timeFormats: readonly { readonly value: string; readonly example: string }[] = [
  { value: '%Y-%m-%d', example: '2026-03-31' },
  { value: '%Y/%m/%d', example: '2026/3/31' },
  { value: '%Y年%m月%d日', example: '2026年3月31日' },
  { value: '%Y%m%d', example: '20260331' },
  { value: '%d/%m/%Y', example: '31/03/2026' },
  { value: '%m/%d/%Y', example: '03/31/2026' },
  { value: '%d.%m.%Y', example: '31.03.2026' },
  { value: '%d-%m-%Y', example: '31-03-2026' },
  { value: '%d %b %Y', example: '31 Mar 2026' },
  { value: '%Y-%m-%d %H:%M:%S', example: '2026-03-31 23:59:59' },
  { value: '%Y/%m/%d %H:%M:%S', example: '2026/3/31 23:59:59' },
  { value: '%Y/%m/%d %H:%M', example: '2026/3/31 23:59' },
  { value: '%d/%m/%Y %H:%M:%S', example: '31/03/2026 23:59:59' },
  { value: '%m/%d/%Y %I:%M %p', example: '03/31/2026 11:59 PM' },
  { value: '%H:%M:%S', example: '23:59:59' },
  { value: '%H:%M', example: '23:59' },
]
