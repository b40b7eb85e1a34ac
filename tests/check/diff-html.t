#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# diff -f html says what the text says, whatever the names are, and has no script, link or request in it.
set -u

cd "$(dirname "$0")/../.." || exit
. tests/ok.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

sed 's/accept4-flags/<img src=x>\&amp;/' tests/goldens/accept4-flags.txt >"$dir/a"
cp tests/goldens/accept-without-addr.txt "$dir/b"
"${BUILD:-build}/socklife" diff "$dir/a" "$dir/b" >"$dir/text"
[ $? = 1 ] && grep -q '<img src=x>&amp;' "$dir/text"
ok 'two that differ, one with a hostile name'
"${BUILD:-build}/socklife" diff -f html "$dir/a" "$dir/b" >"$dir/html"
[ $? = 1 ]
ok 'the page is of the same status'
sed '1,/^<pre>$/d; s/<summary>\(.*\)<\/summary>/@@ \1 @@/; s/<\/\(del\|ins\)>/\n/g; s/<[^>]*>//g; s/&lt;/</g; s/&amp;/\&/g' "$dir/html" |
	grep -v '^$' >"$dir/back"
diff "$dir/text" "$dir/back" | sed 's/^/# /'
cmp -s "$dir/text" "$dir/back"
ok 'and says the same'
! grep -E '<(img|script|link|a|iframe)|http:|https:|url\(' "$dir/html" >/dev/null
ok 'nothing in it asks for anything'
"${BUILD:-build}/socklife" diff -f html "$dir/a" "$dir/a" | grep -qx alike
ok 'two that are alike'
echo "1..$n"
