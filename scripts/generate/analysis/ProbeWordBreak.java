import org.apache.lucene.analysis.standard.*;
import org.apache.lucene.analysis.tokenattributes.*;
import java.io.*; import java.util.*;
public class ProbeWordBreak {
  public static void main(String[] a) throws Exception {
    StandardTokenizer t=new StandardTokenizer();
    OffsetAttribute off=t.getAttribute(OffsetAttribute.class); TypeAttribute ty=t.getAttribute(TypeAttribute.class);
    String[][] ctx={{"",""},{"a","a"},{"1","1"},{"ア","ア"},{"א","א"},{"א",""},{"1",""},{"_","_"},{"한","한"},{"ก","ก"},{"漢",""},{"ひ",""},{"\uD83C\uDDFA",""},{"","\uFE0F"},{"","\u200D\uD83D\uDC69"},{"","\uD83C\uDFFB"},{"","\u20E3"},{"","\uFE0F\u20E3"},{"\uD83D\uDC69",""},{"\uD83D\uDC69\u200D",""},{"","\uFE0E"},{"\uD83C\uDFF4","\uDB40\uDC7F"},{"\uD83C\uDFF4\uDB40\uDC67",""},{"a\"","א"},{"","\"א"},{"#",""},{"a","1"},{"1","a"},{"ア","a"},{"👩\uD83C\uDFFB\u200d",""},{"☝","\uFE0F"},{"1","\u20E3"},{"","\u200D"},{"\u200D",""}};
    TreeMap<String,List<Integer>> groups=new TreeMap<>();
    for(int c=1;c<=0x10FFFF;c++){ if(c>=0xD800&&c<=0xDFFF) continue;
      String s=new String(Character.toChars(c)); StringBuilder sig=new StringBuilder();
      int l=s.length();
      for(String[] x:ctx){ String in=x[0]+s+x[1]; int p=x[0].length();
        t.setReader(new StringReader(in)); t.reset();
        while(t.incrementToken()){ int so=off.startOffset(),eo=off.endOffset();
          if(so>p) so-=l-1; if(eo>p) eo-=l-1; // normalise length
          sig.append(so).append('-').append(eo).append(ty.type().substring(1,3)).append(' ');} 
        t.end(); t.close(); sig.append("| "); }
      groups.computeIfAbsent(sig.toString(),k->new ArrayList<>()).add(c);
    }
    for(var e:groups.entrySet()){ System.out.print(e.getValue().size()+"\t"+e.getKey()+"\t"); List<Integer> L=e.getValue(); int i=0; while(i<L.size()){int j=i; while(j+1<L.size()&&L.get(j+1)==L.get(j)+1) j++; System.out.printf("%x-%x ",L.get(i),L.get(j)); i=j+1;} System.out.println(); }
  }
}
