using ChangedFiles.TestKit;

namespace ChangedFiles.Interop.Tests.Sessions;

/// <summary>A source tree, and a destination that differs from it in every way there is.</summary>
internal static class PullBed
{
    private const string Long = "2001-02-03 04:05:06.123456789";

    private static readonly string Script = """
        set -e
        cd "$1"
        mkdir -p s/dir/sub s/new/deep s/empty s/was-file s/linked s/fuzzy d/dir/sub d/extra/deep d/was-dir d/full-dir d/empty d/linked d/fuzzy alt/dir
        for i in 1 2 3 4 5 6 7 8; do head -c 20000 /dev/zero | tr '\0' "$i"; done > s/big
        sed 's/3/x/' s/big > d/big
        echo same > s/same; echo same > d/same
        echo longer-than > s/size; echo short > d/size
        echo aaaa > s/content; echo bbbb > d/content
        echo time > s/time; echo time > d/time
        echo mode > s/mode; echo mode > d/mode; chmod 640 s/mode; chmod 755 d/mode
        echo owner > s/owner; echo owner > d/owner; [ "$(id -u)" != 0 ] || chown 1:2 s/owner
        echo exec > s/exec; echo exec > d/exec; chmod 755 s/exec; chmod 644 d/exec
        echo new > s/new/file; echo deep > s/new/deep/file; chmod 4711 s/new/deep/file
        echo older > s/older; echo newer-here > d/older
        echo appended > d/append; (echo appended; echo more) > s/append
        echo dir > s/dir/file; echo sub > s/dir/sub/file; echo sub > d/dir/sub/file; echo gone > d/dir/gone; echo gone > d/dir/sub/gone
        echo extra > d/extra/file; echo extra > d/extra/deep/file; ln -s nowhere d/extra/link
        echo file > s/was-dir; echo file > s/full-dir; echo full > d/full-dir/file; echo dir > d/was-file; echo in > s/was-file/in
        ln -s same s/link; ln -s same d/link; ln -s same s/retarget; ln -s other d/retarget; ln -s new s/newlink
        ln -s same s/file-to-link; echo file > d/file-to-link; echo file > s/link-to-file; ln -s same d/link-to-file
        ln -s /outside s/absolute; ln -s ../../up s/climbs
        mkfifo s/fifo; mkfifo d/fifo; mkfifo s/newfifo
        echo kept > d/keep.me; echo temp > s/some.tmp; echo temp > d/other.tmp; echo tmp > s/dir/x.tmp
        echo one > s/linked/a; ln s/linked/a s/linked/b; ln s/linked/a s/dir/c; echo two > s/linked/d; ln s/linked/d s/linked/e
        cp -p s/linked/d d/linked/d; ln d/linked/d d/linked/e; cp -p s/linked/a d/linked/b
        seq 1 4000 > s/fuzzy/report-2.txt; seq 1 3990 > d/fuzzy/report-1.txt
        head -c 100000 /dev/zero > s/sparse; printf end >> s/sparse
        echo odd > 's/odd name é "x"' 
        touch -d '2001-02-03 04:05:06.5' s/time; touch -d '2010-01-01' d/older; touch -d '2005-01-01' s/older
        for f in same mode owner exec was-file; do [ -f s/$f ] && touch -r s/$f d/$f; done
        touch -d '2011-11-11 11:11:11' s/content d/content
        find s -exec touch -h -d '2015-05-05 05:05:05.55' {} + ; touch -d '2005-01-01' s/older; touch -d '2001-02-03 04:05:06.5' s/time
        for f in same mode owner exec dir/sub/file linked/d linked/b; do touch -r s/$f d/$f; done
        touch -h -r s/link d/link; touch -r s/fifo d/fifo
        cp -a s/same s/content s/new s/dir s/link alt/; echo changed > alt/size; chmod 600 alt/content; touch -r s/dir alt/dir
        """;

    /// <summary>Makes "s", "d" and "alt" in a directory.</summary>
    public static void Make(string directory) => Command.Check("bash", "-c", Script, Long, directory);
}
