using ChangedFiles.TestKit;

namespace ChangedFiles.Interop.Tests.Matrix;

/// <summary>Sources, a destination that is partly up to date, and an alternate one: something for every option to decide.</summary>
internal static class MatrixTree
{
    private const string Script =
        """
        set -e
        mkdir -p src/d1/sub src/d2 src/empty src/d3/CVS src/.hidden dst/d1/sub dst/d2 dst/extra/deep alt/d1 dst/kept
        printf 'hello\n' >src/a.txt
        printf 'hello again\n' >src/d1/b.txt
        printf 'deep text\n' >src/d1/sub/deep.txt
        printf 'object\n' >src/d1/x.o
        : >src/d2/zero
        head -c 100000 /dev/zero | tr '\0' 'z' >src/zeros; truncate -s 300000 src/zeros; printf end >>src/zeros
        i=0; while [ $i -lt 6000 ]; do echo "line $i of a longer text"; i=$((i+1)); done >src/long.txt
        printf '#!/bin/sh\n' >src/run.sh; chmod 755 src/run.sh
        ln -s a.txt src/link
        ln -s d1 src/dirlink
        ln -s /etc/hostname src/absolute
        ln -s ../../outside src/d1/unsafe
        ln src/a.txt src/d2/same
        mkfifo src/d2/fifo
        printf -- '- *.o\n' >src/d1/.rules
        printf -- '- d2/zero\n' >src/.rsync-filter
        printf core >src/d3/core; printf cvs >src/d3/CVS/Root; printf backup >src/d3/old~
        printf 'equal\n' >src/equal; printf 'equal\n' >src/touched; printf 'other\n' >src/samesize
        printf 'source is older\n' >src/newer-there
        printf 'mode\n' >src/mode; chmod 640 src/mode
        printf 'a file\n' >src/d2/kind
        printf 'name with space' >'src/with space'; printf 'umlaut' >'src/äöü'
        printf 'keep me\n' >src/keep-both
        printf 'a.txt\nd1/sub/deep.txt\nd2\n' >names; tr '\n' '\0' <names >names0; printf 'a.txt\ngone.txt\n' >gone
        printf '# rules\n- *.o\nP keep*\nR keep.this\nH /old~\n\n; shown\nS /a.txt\n+ d1/**\n-! */\n' >rules
        printf 'x.o zero\ngone.txt\nlong.txt' >words; printf 'x.o deep.txt' >src/d1/.words

        printf 'hello\n' >dst/a.txt
        printf 'equal\n' >dst/equal; printf 'equal\n' >dst/touched; printf 'wrong\n' >dst/samesize
        printf 'newer there, and longer\n' >dst/newer-there
        printf 'mode\n' >dst/mode; chmod 600 dst/mode
        sed -e '3000s/line/LINE/' -e '10d' src/long.txt >dst/long.txt
        head -c 50000 src/zeros >dst/zeros
        head -c 5 src/d1/b.txt >dst/d1/b.txt
        printf 'text to go' >dst/gone.txt; printf x >dst/extra/deep/file; printf x >dst/extra/file.o; printf keep >dst/keep.this
        printf 'in the way' >dst/empty
        mkdir -p dst/d2/kind
        ln -s elsewhere dst/link
        printf 'not in cvs\n' >dst/d1/y.o
        cp -p src/d1/b.txt alt/d1/; cp -p src/d2/zero alt/; cp -p src/keep-both alt/; printf 'hello again!\n' >alt/a.txt
        setfacl -m u:daemon:r src/equal 2>/dev/null || :
        setfattr -n user.note -v short src/mode 2>/dev/null || :
        setfattr -n user.long -v aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee src/d1 2>/dev/null || :
        setfattr -n user.note -v old dst/mode 2>/dev/null || :; setfattr -n user.extra -v x dst/equal 2>/dev/null || :
        [ "$(id -u)" != 0 ] || { chown 1:2 src/d1/b.txt; mknod src/d2/null c 1 3; }

        find src dst alt -depth -exec touch -h -d '2024-01-02 03:04:05.678901234' {} +
        touch -d '2024-01-02 03:04:06' dst/touched dst/samesize src/d1
        touch -d '2023-01-01' dst/long.txt dst/zeros dst/d1/b.txt alt/a.txt
        touch -d '2024-06-01' dst/newer-there
        touch -d '2024-01-01' gone names* rules words .
        """;

    public static void Make(string directory) => Command.Check("sh", "-c", $"cd '{directory}'\n{Script}");
}
