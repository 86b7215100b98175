/**
 * What `ip` says to `help` and to a line that says too little: the forms of the real tool, by object.
 * Which of them the lab models is told in the command's own page (man ip).
 * Comes from: recordings of iproute2 6.1.0.  Goes to: run.ts, usage().
 */

/** Kinds of interfaces: the end of the forms of `ip address` and `ip link`. */
export const LINK_KINDS_USAGE = [
  'TYPE := { amt | bareudp | bond | bond_slave | bridge | bridge_slave |',
  '          dsa | dummy | erspan | geneve | gre | gretap | gtp | ifb |',
  '          ip6erspan | ip6gre | ip6gretap | ip6tnl |',
  '          ipip | ipoib | ipvlan | ipvtap |',
  '          macsec | macvlan | macvtap |',
  '          netdevsim | nlmon | rmnet | sit | team | team_slave |',
  '          vcan | veth | vlan | vrf | vti | vxcan | vxlan | wwan |',
  '          xfrm | virt_wifi }',
] as const;

/** `ip help` */
export const IP_USAGE = [
  'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }',
  '       ip [ -force ] -batch filename',
  'where  OBJECT := { address | addrlabel | amt | fou | help | ila | ioam | l2tp |',
  '                   link | macsec | maddress | monitor | mptcp | mroute | mrule |',
  '                   neighbor | neighbour | netconf | netns | nexthop | ntable |',
  '                   ntbl | route | rule | sr | tap | tcpmetrics |',
  '                   token | tunnel | tuntap | vrf | xfrm }',
  '       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[esolve] |',
  '                    -h[uman-readable] | -iec | -j[son] | -p[retty] |',
  '                    -f[amily] { inet | inet6 | mpls | bridge | link } |',
  '                    -4 | -6 | -M | -B | -0 |',
  '                    -l[oops] { maximum-addr-flush-attempts } | -br[ief] |',
  '                    -o[neline] | -t[imestamp] | -ts[hort] | -b[atch] [filename] |',
  '                    -rc[vbuf] [size] | -n[etns] name | -N[umeric] | -a[ll] |',
  '                    -c[olor]}',
] as const;

/** `ip address help`, before the kinds */
export const ADDR_FORMS = [
  'Usage: ip address {add|change|replace} IFADDR dev IFNAME [ LIFETIME ]',
  '                                                      [ CONFFLAG-LIST ]',
  '       ip address del IFADDR dev IFNAME [mngtmpaddr]',
  '       ip address {save|flush} [ dev IFNAME ] [ scope SCOPE-ID ]',
  '                            [ to PREFIX ] [ FLAG-LIST ] [ label LABEL ] [up]',
  '       ip address [ show [ dev IFNAME ] [ scope SCOPE-ID ] [ master DEVICE ]',
  '                         [ nomaster ]',
  '                         [ type TYPE ] [ to PREFIX ] [ FLAG-LIST ]',
  '                         [ label LABEL ] [up] [ vrf NAME ] ]',
  '       ip address {showdump|restore}',
  'IFADDR := PREFIX | ADDR peer PREFIX',
  '          [ broadcast ADDR ] [ anycast ADDR ]',
  '          [ label IFNAME ] [ scope SCOPE-ID ] [ metric METRIC ]',
  'SCOPE-ID := [ host | link | global | NUMBER ]',
  'FLAG-LIST := [ FLAG-LIST ] FLAG',
  'FLAG  := [ permanent | dynamic | secondary | primary |',
  '           [-]tentative | [-]deprecated | [-]dadfailed | temporary |',
  '           CONFFLAG-LIST ]',
  'CONFFLAG-LIST := [ CONFFLAG-LIST ] CONFFLAG',
  'CONFFLAG  := [ home | nodad | mngtmpaddr | noprefixroute | autojoin ]',
  'LIFETIME := [ valid_lft LFT ] [ preferred_lft LFT ]',
  'LFT := forever | SECONDS',
] as const;

/** `ip neigh help` */
export const NEIGH_USAGE = [
  'Usage: ip neigh { add | del | change | replace }',
  '                { ADDR [ lladdr LLADDR ] [ nud STATE ] proxy ADDR }',
  '                [ dev DEV ] [ router ] [ use ] [ managed ] [ extern_learn ]',
  '                [ protocol PROTO ]',
  '',
  '\tip neigh { show | flush } [ proxy ] [ to PREFIX ] [ dev DEV ] [ nud STATE ]',
  '\t\t\t\t  [ vrf NAME ] [ nomaster ]',
  '\tip neigh get { ADDR | proxy ADDR } dev DEV',
  '',
  'STATE := { delay | failed | incomplete | noarp | none |',
  '           permanent | probe | reachable | stale }',
] as const;

/** `ip rule help` */
export const RULE_USAGE = [
  'Usage: ip rule { add | del } SELECTOR ACTION',
  '       ip rule { flush | save | restore }',
  '       ip rule [ list [ SELECTOR ]]',
  'SELECTOR := [ not ] [ from PREFIX ] [ to PREFIX ] [ tos TOS ]',
  '            [ fwmark FWMARK[/MASK] ]',
  '            [ iif STRING ] [ oif STRING ] [ pref NUMBER ] [ l3mdev ]',
  '            [ uidrange NUMBER-NUMBER ]',
  '            [ ipproto PROTOCOL ]',
  '            [ sport [ NUMBER | NUMBER-NUMBER ]',
  '            [ dport [ NUMBER | NUMBER-NUMBER ] ]',
  'ACTION := [ table TABLE_ID ]',
  '          [ protocol PROTO ]',
  '          [ nat ADDRESS ]',
  '          [ realms [SRCREALM/]DSTREALM ]',
  '          [ goto NUMBER ]',
  '          SUPPRESSOR',
  'SUPPRESSOR := [ suppress_prefixlength NUMBER ]',
  '              [ suppress_ifgroup DEVGROUP ]',
  'TABLE_ID := [ local | main | default | NUMBER ]',
] as const;

/** `ip tunnel help` */
export const TUNNEL_USAGE = [
  'Usage: ip tunnel { add | change | del | show | prl | 6rd } [ NAME ]',
  '        [ mode { gre | ipip | isatap | sit | vti } ]',
  '        [ remote ADDR ] [ local ADDR ]',
  '        [ [i|o]seq ] [ [i|o]key KEY ] [ [i|o]csum ]',
  '        [ prl-default ADDR ] [ prl-nodefault ADDR ] [ prl-delete ADDR ]',
  '        [ 6rd-prefix ADDR ] [ 6rd-relay_prefix ADDR ] [ 6rd-reset ]',
  '        [ ttl TTL ] [ tos TOS ] [ [no]pmtudisc ] [ dev PHYS_DEV ]',
  '',
  'Where: NAME := STRING',
  '       ADDR := { IP_ADDRESS | any }',
  '       TOS  := { STRING | 00..ff | inherit | inherit/STRING | inherit/00..ff }',
  '       TTL  := { 1..255 | inherit }',
  '       KEY  := { DOTTED_QUAD | NUMBER }',
] as const;

/** `ip maddr help` */
export const MADDR_USAGE = ['Usage: ip maddr [ add | del ] MULTIADDR dev STRING', '       ip maddr show [ dev STRING ]'] as const;

/** `ip route help` */
export const ROUTE_USAGE = [
  'Usage: ip route { list | flush } SELECTOR',
  '       ip route save SELECTOR',
  '       ip route restore',
  '       ip route showdump',
  '       ip route get [ ROUTE_GET_FLAGS ] ADDRESS',
  '                            [ from ADDRESS iif STRING ]',
  '                            [ oif STRING ] [ tos TOS ]',
  '                            [ mark NUMBER ] [ vrf NAME ]',
  '                            [ uid NUMBER ] [ ipproto PROTOCOL ]',
  '                            [ sport NUMBER ] [ dport NUMBER ]',
  '       ip route { add | del | change | append | replace } ROUTE',
  'SELECTOR := [ root PREFIX ] [ match PREFIX ] [ exact PREFIX ]',
  '            [ table TABLE_ID ] [ vrf NAME ] [ proto RTPROTO ]',
  '            [ type TYPE ] [ scope SCOPE ]',
  'ROUTE := NODE_SPEC [ INFO_SPEC ]',
  'NODE_SPEC := [ TYPE ] PREFIX [ tos TOS ]',
  '             [ table TABLE_ID ] [ proto RTPROTO ]',
  '             [ scope SCOPE ] [ metric METRIC ]',
  '             [ ttl-propagate { enabled | disabled } ]',
  'INFO_SPEC := { NH | nhid ID } OPTIONS FLAGS [ nexthop NH ]...',
  'NH := [ encap ENCAPTYPE ENCAPHDR ] [ via [ FAMILY ] ADDRESS ]',
  '      [ dev STRING ] [ weight NUMBER ] NHFLAGS',
  'FAMILY := [ inet | inet6 | mpls | bridge | link ]',
  'OPTIONS := FLAGS [ mtu NUMBER ] [ advmss NUMBER ] [ as [ to ] ADDRESS ]',
  '           [ rtt TIME ] [ rttvar TIME ] [ reordering NUMBER ]',
  '           [ window NUMBER ] [ cwnd NUMBER ] [ initcwnd NUMBER ]',
  '           [ ssthresh NUMBER ] [ realms REALM ] [ src ADDRESS ]',
  '           [ rto_min TIME ] [ hoplimit NUMBER ] [ initrwnd NUMBER ]',
  '           [ features FEATURES ] [ quickack BOOL ] [ congctl NAME ]',
  '           [ pref PREF ] [ expires TIME ] [ fastopen_no_cookie BOOL ]',
  'TYPE := { unicast | local | broadcast | multicast | throw |',
  '          unreachable | prohibit | blackhole | nat }',
  'TABLE_ID := [ local | main | default | all | NUMBER ]',
  'SCOPE := [ host | link | global | NUMBER ]',
  'NHFLAGS := [ onlink | pervasive ]',
  'RTPROTO := [ kernel | boot | static | NUMBER ]',
  'PREF := [ low | medium | high ]',
  'TIME := NUMBER[s|ms]',
  'BOOL := [1|0]',
  'FEATURES := ecn',
  'ENCAPTYPE := [ mpls | ip | ip6 | seg6 | seg6local | rpl | ioam6 | xfrm ]',
  'ENCAPHDR := [ MPLSLABEL | SEG6HDR | SEG6LOCAL | IOAM6HDR | XFRMINFO ]',
  'SEG6HDR := [ mode SEGMODE ] segs ADDR1,ADDRi,ADDRn [hmac HMACKEYID] [cleanup]',
  'SEGMODE := [ encap | encap.red | inline | l2encap | l2encap.red ]',
  'SEG6LOCAL := action ACTION [ OPTIONS ] [ count ]',
  'ACTION := { End | End.X | End.T | End.DX2 | End.DX6 | End.DX4 |',
  '            End.DT6 | End.DT4 | End.DT46 | End.B6 | End.B6.Encaps |',
  '            End.BM | End.S | End.AS | End.AM | End.BPF }',
  'OPTIONS := OPTION [ OPTIONS ]',
  'OPTION := { flavors FLAVORS | srh SEG6HDR | nh4 ADDR | nh6 ADDR | iif DEV | oif DEV |',
  '            table TABLEID | vrftable TABLEID | endpoint PROGNAME }',
  'FLAVORS := { FLAVOR[,FLAVOR] }',
  'FLAVOR := { psp | usp | usd | next-csid }',
  'IOAM6HDR := trace prealloc type IOAM6_TRACE_TYPE ns IOAM6_NAMESPACE size IOAM6_TRACE_SIZE',
  'XFRMINFO := if_id IF_ID [ link_dev LINK ]',
  'ROUTE_GET_FLAGS := [ fibmatch ]',
] as const;
