# Builds the three derived fonts of this folder; see README.md for the inputs.
import sys
from fontTools import subset
from fontTools.ttLib import TTFont, TTCollection

def build(font, wanted, out):
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "pwid"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.hinting = False
    options.drop_tables += ["vmtx", "vhea", "VORG", "STAT", "BASE"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    font.recalcTimestamp = False
    subsetter.subset(font)
    font.save(out, reorderTables=True)
    print(out, len(wanted), "code points")

def main(regular, bold, cjk, symbols, out):
    have = set(TTFont(regular).getBestCmap())
    gb2312 = {
        ord(bytes([0xA0 + row, 0xA0 + cell]).decode("gb2312", "replace")[0])
        for row in range(1, 88)
        for cell in range(1, 95)
    } - {0xFFFD}
    latin = set(range(0x20, 0x250)) | set(range(0x2010, 0x2040)) | {0x20AC, 0x2116, 0x2212, 0x3014, 0x3015}
    font = TTFont(bold)
    build(font, (gb2312 | latin) & set(font.getBestCmap()), f"{out}/NotoSansSC-Bold-GB2312.ttf")

    font = TTCollection(cjk).fonts[2]
    assert font["name"].getDebugName(4) == "Noto Sans CJK SC"
    hangul = set(range(0x1100, 0x1200)) | set(range(0x3130, 0x3190)) | set(range(0xA960, 0xA980)) | set(range(0xAC00, 0xD800)) | set(range(0xFFA0, 0xFFE0))
    rare = set(font.getBestCmap()) - have - hangul
    build(font, rare, f"{out}/NotoSansCJKsc-Rare.otf")

    font = TTFont(symbols)
    marks = set(range(0x2190, 0x2400)) | set(range(0x2500, 0x2800)) | set(range(0x2B00, 0x2C00))
    build(font, (marks & set(font.getBestCmap())) - have - rare, f"{out}/NotoSansSymbols2-Marks.ttf")

main(*sys.argv[1:6])
