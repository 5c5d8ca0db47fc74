import { IconLayoutDistributeHorizontal } from '@tabler/icons-react'
import { type Command, chosenNodes, doc, needs, view } from './command.ts'
import { type Alignment, alignedPlaces } from './layout.ts'

const align = (alignment: Alignment) => doc().move(alignedPlaces(chosenNodes(), alignment))

export const arrangeCommands = [
  {
    id: 'alignLeft',
    label: { en: 'Align left', zh: '左对齐' },
    group: 'arrange',
    shortcuts: [],
    menus: ['nodes'],
    needs: needs.twoNodes,
    enabled: () => view().nodes.length >= 2,
    run: () => align('left'),
  },
  {
    id: 'alignTop',
    label: { en: 'Align top', zh: '顶端对齐' },
    group: 'arrange',
    shortcuts: [],
    menus: ['nodes'],
    needs: needs.twoNodes,
    enabled: () => view().nodes.length >= 2,
    run: () => align('top'),
  },
  {
    id: 'alignMiddle',
    label: { en: 'Align on a middle line', zh: '水平居中对齐' },
    group: 'arrange',
    shortcuts: [],
    menus: ['nodes'],
    needs: needs.twoNodes,
    enabled: () => view().nodes.length >= 2,
    run: () => align('middle'),
  },
  {
    id: 'distributeAcross',
    label: { en: 'Distribute across', zh: '水平等距分布' },
    group: 'arrange',
    shortcuts: [],
    menus: ['nodes'],
    needs: needs.threeNodes,
    enabled: () => view().nodes.length >= 3,
    run: () => align('across'),
  },
  {
    id: 'distributeDown',
    label: { en: 'Distribute down', zh: '垂直等距分布' },
    group: 'arrange',
    shortcuts: [],
    menus: ['nodes'],
    needs: needs.threeNodes,
    enabled: () => view().nodes.length >= 3,
    run: () => align('down'),
  },
  {
    id: 'arrangeSelection',
    label: { en: 'Tidy up the selection', zh: '整理所选节点' },
    group: 'arrange',
    shortcuts: [],
    menus: ['nodes'],
    needs: needs.twoNodes,
    enabled: () => view().nodes.length > 1,
    run: () => doc().arrange(view().nodes),
  },
  {
    id: 'arrange',
    label: { en: 'Tidy up', zh: '自动布局' },
    group: 'arrange',
    shortcuts: [{ key: 'l', mod: true, shift: true }],
    menus: ['canvas'],
    tool: IconLayoutDistributeHorizontal,
    needs: needs.nodes,
    enabled: () => doc().flow.nodes.length > 0,
    run(target) {
      doc().arrange()
      setTimeout(() => target.fit(), 60)
    },
  },
] as const satisfies readonly Command[]
